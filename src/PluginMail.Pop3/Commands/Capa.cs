using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>CAPA (RFC 2449 section 5): what this server can do, now.</summary>
internal sealed record Capa : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("CAPA", "", Pop3States.Any, Pop3Verb.Plain(new Capa()));

    /// <inheritdoc/>
    public override ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Pop3Answer>(new Pop3Answer.Listing("capabilities follow", Capabilities(context)));

    private static IEnumerable<string> Capabilities(Pop3Context context)
    {
        yield return "TOP";
        yield return "UIDL";
        yield return "RESP-CODES";
        yield return "AUTH-RESP-CODE";
        yield return "PIPELINING";
        yield return "EXPIRE NEVER";
        if (context.State == Pop3States.Authorization)
        {
            bool isEncrypted = context.Connection.IsEncrypted;
            if (context.Connection.CanStartTls)
            {
                yield return "STLS";
            }

            if (context.SignIn.AllowsPlainText(isEncrypted))
            {
                yield return "USER";
            }

            if (context.SignIn.MechanismsFor(isEncrypted) is { Count: > 0 } mechanisms)
            {
                yield return "SASL " + string.Join(' ', mechanisms);
            }
        }

        yield return "IMPLEMENTATION PluginMail";
    }
}
