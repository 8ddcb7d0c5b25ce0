using System.Net;

namespace PluginMail.Abstractions;

/// <summary>What is known of the session that brings a message. Members change as the session goes on; read what you need during the call.</summary>
public interface ISessionView
{
    /// <summary>The session's id, as it stands in the log and in the trace.</summary>
    string Id { get; }

    /// <summary>How the mail comes in: <c>smtp</c>, <c>submission</c>, <c>lmtp</c>, <c>collector</c>, <c>bounce</c>, <c>local</c>.</summary>
    string Protocol { get; }

    /// <summary>The client's address; null where no client is connected.</summary>
    IPEndPoint? RemoteEndPoint { get; }

    /// <summary>The address the client connected to; null where no client is connected.</summary>
    IPEndPoint? LocalEndPoint { get; }

    /// <summary>What the client called itself in HELO, EHLO or LHLO; null before.</summary>
    string? HelloName { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    bool IsEncrypted { get; }

    /// <summary>The TLS version, as <c>TLSv1.3</c>; null without TLS.</summary>
    string? TlsProtocol => null;

    /// <summary>The cipher suite by its registered name, as <c>TLS_AES_256_GCM_SHA384</c>; null without TLS.</summary>
    string? TlsCipher => null;

    /// <summary>The address of the account that authenticated; null where none did.</summary>
    EmailAddress? Authenticated { get; }

    /// <summary>The SASL mechanism of that authentication, as <c>SCRAM-SHA-256</c>; null where none was used.</summary>
    string? AuthenticationMechanism => null;

    /// <summary>Which way its messages go.</summary>
    Direction Direction { get; }

    /// <summary>What a session check of the asking plugin remembers of this session, for its message checks, editors and filter words.</summary>
    /// <remarks>
    /// While there is something remembered, these calls go to the version of the plugin that remembers it, whatever is reloaded meanwhile.
    /// Message checks of one message run side by side: state that two of them share must bear that. A call that went on beyond its time
    /// limit may still hold it.
    /// </remarks>
    /// <param name="check">The plugin's own session check.</param>
    /// <returns>What its <see cref="ISessionCheck.BeginSession"/> made; null where it made nothing, was not asked in this session, or where no client brought the mail.</returns>
    IAsyncDisposable? StateOf(ISessionCheck check) => null;
}
