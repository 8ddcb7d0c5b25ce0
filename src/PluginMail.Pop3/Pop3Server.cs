using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Pop3.Maildrops;
using PluginMail.Pop3.Sessions;
using PluginMail.Storage;
using PluginMail.Transport;

namespace PluginMail.Pop3;

/// <summary>POP3 (RFC 1939) with its extensions: a listener's protocol.</summary>
/// <param name="store">Where the maildrops are: each account's INBOX.</param>
/// <param name="signIn">Where logins are checked.</param>
/// <param name="events">Is told of what QUIT removes.</param>
/// <param name="options">Limits.</param>
/// <param name="clock">Measures the time until sign-in.</param>
/// <param name="log">Gets what the sessions have to say.</param>
public sealed class Pop3Server(IMailStore store, ISignIn signIn, IMailboxEvents events, Pop3Options options, TimeProvider clock, ILogger log) : IProtocolServer
{
    private readonly WireSizes _sizes = new();

    /// <inheritdoc/>
    public string Name => "pop3";

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> TooManyConnections { get; } = "-ERR [SYS/TEMP] too many connections, try again later\r\n"u8.ToArray();

    /// <inheritdoc/>
    public async Task ServeAsync(MailConnection connection, CancellationToken cancellationToken)
    {
        using var context = new Pop3Context(connection, store, _sizes, signIn, events, options, log);
        await new Pop3Session(context, clock, log).RunAsync(cancellationToken);
    }
}
