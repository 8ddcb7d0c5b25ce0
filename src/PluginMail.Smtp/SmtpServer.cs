using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Transport;

namespace PluginMail.Smtp;

/// <summary>SMTP (RFC 5321) and submission (RFC 6409) as a listener sees them.</summary>
/// <remarks>It parses, asks the mail session, and writes the replies. It decides nothing about mail.</remarks>
/// <param name="options">How it serves.</param>
/// <param name="sessions">Who decides about mail.</param>
/// <param name="signIn">Who checks logins.</param>
/// <param name="clock">Measures sessions.</param>
/// <param name="log">Where refusals are told.</param>
public sealed class SmtpServer(SmtpOptions options, IMailSessions sessions, ISignIn signIn, TimeProvider clock, ILogger log) : IProtocolServer
{
    /// <inheritdoc/>
    public string Name => options.ServiceName;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> TooManyConnections { get; } =
        Encoding.ASCII.GetBytes($"421 4.7.0 {options.Hostname} Too many connections, try again later\r\n");

    /// <inheritdoc/>
    public async Task ServeAsync(MailConnection connection, CancellationToken cancellationToken)
    {
        var opening = new SessionOpening(connection.Id, Name, connection.Remote, connection.Local, connection.IsEncrypted)
        {
            TlsProtocol = connection.TlsProtocol,
            TlsCipher = connection.TlsCipher,
        };
        await using IMailSession mail = sessions.Open(opening);
        var session = new SmtpSession(new SessionContext(connection, options, signIn, mail), clock, log);
        await session.RunAsync(cancellationToken);
    }
}
