using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>RSET (RFC 1939 section 5): takes the marks of DELE off.</summary>
internal sealed record Rset : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("RSET", "", Pop3States.Transaction, Pop3Verb.Plain(new Rset()));

    /// <inheritdoc/>
    public override ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        context.Maildrop!.Reset();
        return ValueTask.FromResult(Pop3Answer.Ok($"{context.Maildrop.Count} messages"));
    }
}
