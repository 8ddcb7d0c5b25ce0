using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>LIST (RFC 1939 section 5): the sizes of messages.</summary>
/// <param name="Number">Of one message; null for all.</param>
internal sealed record List(int? Number) : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("LIST", "[number]", Pop3States.Transaction, Parse);

    /// <inheritdoc/>
    public override async ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        if (Number is { } one && !context.Maildrop!.Has(one))
        {
            return Pop3Answer.No("no such message");
        }

        long[] sizes = await context.Maildrop!.SizesAsync(cancellationToken);
        return Number is { } number
            ? Pop3Answer.Ok($"{number} {sizes[number - 1]}")
            : new Pop3Answer.Listing("sizes follow", context.Maildrop.Numbers.Select(n => $"{n} {sizes[n - 1]}"));
    }

    private static List? Parse(string argument)
    {
        ReadOnlySpan<char> text = argument.AsSpan().Trim(' ');
        return text.IsEmpty ? new List((int?)null) : Pop3Verb.TryNumber(text, out int number) ? new List(number) : null;
    }
}
