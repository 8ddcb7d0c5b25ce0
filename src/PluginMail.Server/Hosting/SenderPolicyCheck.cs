using PluginMail.Abstractions;
using PluginMail.MailAuth;

namespace PluginMail.Server;

/// <summary>Lends plugins the SPF check of the Message stage.</summary>
/// <param name="authentication">With the settings of now.</param>
internal sealed class SenderPolicyCheck(Func<MailAuthentication> authentication) : ISenderPolicy
{
    public async ValueTask<SenderPolicyResult> CheckAsync(ISessionView session, EmailAddress? sender, CancellationToken cancellationToken)
    {
        if (session.RemoteEndPoint is not { Address: { } client })
        {
            return SenderPolicyResult.None;
        }

        SpfVerification spf = await authentication().CheckSenderAsync(client, session.HelloName, sender, cancellationToken);
        return spf.Result switch
        {
            SpfResult.Pass => SenderPolicyResult.Pass,
            SpfResult.Fail => SenderPolicyResult.Fail,
            SpfResult.SoftFail => SenderPolicyResult.SoftFail,
            SpfResult.Neutral => SenderPolicyResult.Neutral,
            SpfResult.TempError => SenderPolicyResult.TemporaryError,
            SpfResult.PermError => SenderPolicyResult.PermanentError,
            _ => SenderPolicyResult.None,
        };
    }
}
