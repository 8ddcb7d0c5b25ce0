using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Greylist;

/// <summary>Whether a sender's domain says that a client is its own.</summary>
internal enum Vouching
{
    /// <summary>It does not, or says so of everybody.</summary>
    No,

    /// <summary>It does.</summary>
    Yes,

    /// <summary>DNS could not say, or not in time.</summary>
    Unsaid,
}

/// <summary>Asks senders' domains about clients, by SPF.</summary>
internal sealed class VouchingDomains(GreylistOptions options, IPluginHost host)
{
    public async ValueTask<Vouching> AskAsync(ISessionView session, IPAddress client, EmailAddress sender, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.SpfTime, host.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var result = await host.SenderPolicy.CheckAsync(session, sender, either.Token);
            if (result != SenderPolicyResult.Pass)
            {
                return result == SenderPolicyResult.TemporaryError ? Vouching.Unsaid : Vouching.No;
            }

            foreach (var nobody in OtherClient.Of(session, client))
            {
                if (await host.SenderPolicy.CheckAsync(nobody, sender, either.Token) == SenderPolicyResult.Pass)
                {
                    return Vouching.No; // +all, or as good as that: whoever claims to be of the domain would be known
                }
            }

            return Vouching.Yes;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Vouching.Unsaid;
        }
    }
}
