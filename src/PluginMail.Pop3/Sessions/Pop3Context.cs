using Microsoft.Extensions.Logging;
using PluginMail.Pipeline;
using PluginMail.Pop3.Maildrops;
using PluginMail.Storage;
using PluginMail.Transport;

namespace PluginMail.Pop3.Sessions;

/// <summary>A session as its commands see it.</summary>
internal sealed class Pop3Context(
    MailConnection connection, IMailStore store, WireSizes sizes, ISignIn signIn, IMailboxEvents events, Pop3Options options, ILogger log)
    : IDisposable
{
    /// <summary>The connection; commands do not write to it.</summary>
    public MailConnection Connection { get; } = connection;

    /// <summary>Where logins are checked.</summary>
    public ISignIn SignIn { get; } = signIn;

    /// <summary>Is told of what QUIT removes.</summary>
    public IMailboxEvents Events { get; } = events;

    /// <summary>Gets what does not go as it should.</summary>
    public ILogger Log { get; } = log;

    /// <summary>Limits.</summary>
    public Pop3Options Options { get; } = options;

    /// <summary>What USER said; null before.</summary>
    public string? User { get; set; }

    /// <summary>The account; null before sign-in.</summary>
    public Account? Account { get; private set; }

    /// <summary>The maildrop; there is one in the TRANSACTION state.</summary>
    public Maildrop? Maildrop { get; private set; }

    /// <summary>Messages that were sent whole.</summary>
    public int Retrieved { get; set; }

    /// <summary>Messages that were removed.</summary>
    public int Removed { get; set; }

    /// <summary>The state.</summary>
    public Pop3States State => Maildrop is null ? Pop3States.Authorization : Pop3States.Transaction;

    /// <summary>Who signs in.</summary>
    public SignInOrigin Origin =>
        new(Connection.Id, "pop3", Connection.Remote, Connection.IsEncrypted, Connection.ServerEndPointBinding);

    /// <summary>Ends a login: opens the maildrop, or says why not (RFC 2449 section 8, RFC 3206).</summary>
    public async ValueTask<Pop3Answer> SignedInAsync(SignInOutcome outcome, CancellationToken cancellationToken)
    {
        User = null;
        switch (outcome)
        {
            case { Status: SignInStatus.Accepted, Account: { } account }:
                Maildrop = await Maildrop.OpenAsync(store, sizes, account.Id, cancellationToken);
                Account = account;
                Connection.Account = account.Address.ToString();
                return Maildrop is null
                    ? Pop3Answer.No("[SYS/TEMP] the maildrop cannot be opened")
                    : Pop3Answer.Ok($"{Maildrop.Count} messages");
            case { Status: SignInStatus.Unavailable }:
                return Pop3Answer.Error("[SYS/TEMP] logins cannot be checked now");
            case { Status: SignInStatus.Malformed }:
                return Pop3Answer.Error("malformed authentication exchange");
            default:
                return Pop3Answer.Error("[AUTH] name or password is wrong");
        }
    }

    /// <summary>Forgets what was said before TLS (RFC 2595 section 4).</summary>
    public void Encrypted() => User = null;

    /// <inheritdoc/>
    public void Dispose() => Maildrop?.Dispose();
}
