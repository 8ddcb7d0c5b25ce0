using PluginMail.Collector.Connections;
using PluginMail.Collector.Imap;
using PluginMail.Collector.Pop3;
using PluginMail.Collector.Settings;
using PluginMail.Collector.SignIn;

namespace PluginMail.Collector.Accounts;

/// <summary>Opens sessions with accounts' servers.</summary>
internal static class RemoteSessions
{
    /// <summary>Connects and signs in.</summary>
    /// <exception cref="RemoteFault">There is no session.</exception>
    public static async ValueTask<IRemoteSession> OpenAsync(AccountContext context, Proof proof, CancellationToken cancellationToken)
    {
        var account = context.Settings;
        var wire = await Connector.ConnectAsync(account, context.Clock, cancellationToken);
        try
        {
            if (account.Protocol == RemoteProtocol.Pop3)
            {
                var pop3 = new Pop3Connection(wire);
                await pop3.OpenAsync(account, proof, cancellationToken);
                return new Pop3Session(pop3, account.MaximumSize);
            }

            var imap = new ImapConnection(wire);
            await imap.OpenAsync(account, proof, cancellationToken);
            return new ImapSession(imap, account);
        }
        catch
        {
            await wire.DisposeAsync();
            throw;
        }
    }
}
