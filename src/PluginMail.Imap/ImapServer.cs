using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Transport;

namespace PluginMail.Imap;

/// <summary>IMAP4rev1 (RFC 3501) with the extensions of this project's README, for a listener.</summary>
/// <param name="store">Where mailboxes are.</param>
/// <param name="signIn">Checks logins.</param>
/// <param name="events">Is told of what owners do.</param>
/// <param name="options">Bounds.</param>
/// <param name="clock">Measures time.</param>
/// <param name="log">Where sessions say what happens.</param>
public sealed class ImapServer(
    IMailStore store, ISignIn signIn, IMailboxEvents events, ImapOptions options, TimeProvider clock, ILogger log) : IProtocolServer
{
    private readonly ImapServices _services = new(store, signIn, events, options, clock, log);

    /// <summary>Runs scripts on what owners do (RFC 6785); null where none do.</summary>
    public IMailboxScripts? Scripts
    {
        get => _services.Scripts;
        init => _services = _services with { Scripts = value };
    }

    /// <inheritdoc/>
    public string Name => "imap";

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> TooManyConnections { get; } = "* BYE [LIMIT] Too many connections\r\n"u8.ToArray();

    /// <inheritdoc/>
    public Task ServeAsync(MailConnection connection, CancellationToken cancellationToken) =>
        new ImapSession(connection, _services).RunAsync(cancellationToken);
}
