using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>DELE (RFC 1939 section 5): marks a message, which QUIT removes.</summary>
/// <param name="Number">The message.</param>
internal sealed record Dele(int Number) : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new(
        "DELE", "number", Pop3States.Transaction, static a => Pop3Verb.TryNumber(a.AsSpan().Trim(' '), out int number) ? new Dele(number) : null);

    /// <inheritdoc/>
    public override ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        if (!context.Maildrop!.Has(Number))
        {
            return ValueTask.FromResult(Pop3Answer.No("no such message"));
        }

        context.Maildrop.Mark(Number);
        return ValueTask.FromResult(Pop3Answer.Ok($"message {Number} is marked"));
    }
}
