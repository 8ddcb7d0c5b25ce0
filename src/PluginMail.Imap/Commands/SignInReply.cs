using PluginMail.Pipeline;

namespace PluginMail.Imap;

/// <summary>What LOGIN and AUTHENTICATE have in common.</summary>
internal static class SignInReply
{
    /// <summary>Who signs in.</summary>
    public static SignInOrigin OriginOf(ImapSession session) => new(
        session.Connection.Id,
        "imap",
        session.Connection.Remote,
        session.Connection.IsEncrypted,
        session.Connection.ServerEndPointBinding);

    /// <summary>The reply to an outcome (codes of RFC 5530); a success signs the session in.</summary>
    public static Completion Of(ImapSession session, SignInOutcome outcome, string mechanism)
    {
        if (outcome is { Status: SignInStatus.Accepted, Account: { } account })
        {
            session.SignIn(account, mechanism);
            return Completion.Ok($"[CAPABILITY {Capabilities.Of(session)}] Welcome");
        }

        if (outcome.Status == SignInStatus.Malformed)
        {
            return Completion.Bad("The exchange is not well formed");
        }

        session.CountError();
        return outcome.Status == SignInStatus.Unavailable
            ? Completion.No("[UNAVAILABLE] Logins cannot be checked now")
            : Completion.No("[AUTHENTICATIONFAILED] Name or password are wrong");
    }
}
