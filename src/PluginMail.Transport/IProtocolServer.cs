namespace PluginMail.Transport;

/// <summary>A protocol as a listener sees it: it serves one connection from greeting to end.</summary>
public interface IProtocolServer
{
    /// <summary>The protocol's name for logs, as <c>imap</c>.</summary>
    string Name { get; }

    /// <summary>What is said to a client that is one too many, the line end included.</summary>
    ReadOnlyMemory<byte> TooManyConnections { get; }

    /// <summary>Serves a connection. The listener closes it afterwards, and logs an exception as a fault of the server.</summary>
    /// <param name="connection">The connection; with implicit TLS it is encrypted already.</param>
    /// <param name="cancellationToken">The connection's end: the client is gone, or the server's patience at shutdown is.</param>
    /// <returns>Completes when the session has ended.</returns>
    Task ServeAsync(MailConnection connection, CancellationToken cancellationToken);
}
