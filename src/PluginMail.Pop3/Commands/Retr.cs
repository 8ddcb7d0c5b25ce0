using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>RETR (RFC 1939 section 5): a whole message.</summary>
/// <param name="Number">The message.</param>
internal sealed record Retr(int Number) : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new(
        "RETR", "number", Pop3States.Transaction, static a => Pop3Verb.TryNumber(a.AsSpan().Trim(' '), out int number) ? new Retr(number) : null);

    /// <inheritdoc/>
    public override async ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        if (!context.Maildrop!.Has(Number))
        {
            return Pop3Answer.No("no such message");
        }

        (var content, long size) = await context.Maildrop.OpenAsync(Number, cancellationToken);
        return new Pop3Answer.Message($"{size} octets", content, content.Length, size != content.Length);
    }
}
