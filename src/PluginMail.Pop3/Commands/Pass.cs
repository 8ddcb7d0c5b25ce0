using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>PASS (RFC 1939 section 7): the password for USER's name, spaces included.</summary>
/// <param name="Password">The password.</param>
internal sealed record Pass(string Password) : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new(
        "PASS", "password", Pop3States.Authorization, static a => a.Length == 0 ? null : new Pass(a));

    /// <inheritdoc/>
    public override async ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        if (!context.SignIn.AllowsPlainText(context.Connection.IsEncrypted))
        {
            return Pop3Answer.Error(context.Connection.IsEncrypted ? User.NeedsAuth : User.NeedsTls);
        }

        return context.User is { } login
            ? await context.SignedInAsync(
                await context.SignIn.SignInAsync(login, Password, context.Origin, cancellationToken), cancellationToken)
            : Pop3Answer.Error("USER comes before PASS");
    }

    /// <summary>The verb alone.</summary>
    /// <returns><c>PASS</c>.</returns>
    public override string ToString() => Verb.Name;
}
