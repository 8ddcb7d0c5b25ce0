using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>USER (RFC 1939 section 7): the name for PASS. It is answered alike for every name.</summary>
/// <param name="Name">A full address, or a bare name in the default domain.</param>
internal sealed record User(string Name) : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("USER", "name", Pop3States.Authorization, Parse);

    /// <summary>What is said where passwords need TLS; waiting does not help (RFC 3206 section 4).</summary>
    public const string NeedsTls = "[SYS/PERM] passwords need TLS here: use STLS";

    /// <summary>What is said where no passwords are taken at all.</summary>
    public const string NeedsAuth = "[SYS/PERM] passwords are not taken here: use AUTH";

    /// <inheritdoc/>
    public override ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        if (!context.SignIn.AllowsPlainText(context.Connection.IsEncrypted))
        {
            return ValueTask.FromResult(Pop3Answer.Error(context.Connection.IsEncrypted ? NeedsAuth : NeedsTls));
        }

        context.User = Name;
        return ValueTask.FromResult(Pop3Answer.Ok("password?"));
    }

    private static User? Parse(string argument) => argument.Trim(' ') is { Length: > 0 } name ? new User(name) : null;
}
