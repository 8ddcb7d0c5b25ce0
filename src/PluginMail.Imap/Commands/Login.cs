using PluginMail.Pipeline;

namespace PluginMail.Imap;

/// <summary>LOGIN (RFC 3501 section 6.2.3).</summary>
/// <param name="Name">Address or bare name.</param>
/// <param name="Password">The password.</param>
internal sealed record Login(string Name, string Password) : ImapCommand
{
    /// <summary>The type's name alone: passwords do not belong in logs.</summary>
    public override string ToString() => "LOGIN";

    /// <summary>Takes name and password.</summary>
    public static Login? Parse(ref ImapReader reader) =>
        reader.ExpectSpace() && reader.ReadAString(out string name) && reader.ExpectSpace() && reader.ReadAString(out string password)
            ? new Login(name, password)
            : null;

    /// <summary>Signs in.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Login command, CancellationToken cancellationToken)
    {
        ISignIn signIn = session.Services.SignIn;
        if (!signIn.AllowsPlainText(session.Connection.IsEncrypted))
        {
            return Completion.No(session.Connection.IsEncrypted
                ? "[CANNOT] LOGIN is switched off: use AUTHENTICATE"
                : "[PRIVACYREQUIRED] Start TLS first");
        }

        SignInOutcome outcome = await signIn.SignInAsync(command.Name, command.Password, SignInReply.OriginOf(session), cancellationToken);
        return SignInReply.Of(session, outcome, "LOGIN");
    }
}
