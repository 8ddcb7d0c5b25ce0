using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>UIDL (RFC 1939 section 7): the unique ids of messages.</summary>
/// <param name="Number">Of one message; null for all.</param>
internal sealed record Uidl(int? Number) : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("UIDL", "[number]", Pop3States.Transaction, Parse);

    /// <inheritdoc/>
    public override ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        var maildrop = context.Maildrop!;
        return ValueTask.FromResult(Number switch
        {
            null => new Pop3Answer.Listing("unique ids follow", maildrop.Numbers.Select(n => $"{n} {maildrop.UniqueId(n)}")),
            { } number when maildrop.Has(number) => Pop3Answer.Ok($"{number} {maildrop.UniqueId(number)}"),
            _ => Pop3Answer.No("no such message"),
        });
    }

    private static Uidl? Parse(string argument)
    {
        ReadOnlySpan<char> text = argument.AsSpan().Trim(' ');
        return text.IsEmpty ? new Uidl((int?)null) : Pop3Verb.TryNumber(text, out int number) ? new Uidl(number) : null;
    }
}
