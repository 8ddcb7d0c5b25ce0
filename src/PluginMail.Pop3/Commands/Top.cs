using PluginMail.Pop3.Maildrops;
using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>TOP (RFC 1939 section 7): a message's header and the first lines of its body.</summary>
/// <param name="Number">The message.</param>
/// <param name="Lines">Lines of the body.</param>
internal sealed record Top(int Number, int Lines) : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("TOP", "number lines", Pop3States.Transaction, Parse);

    /// <inheritdoc/>
    public override async ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        if (!context.Maildrop!.Has(Number))
        {
            return Pop3Answer.No("no such message");
        }

        (var content, long size) = await context.Maildrop.OpenAsync(Number, cancellationToken);
        try
        {
            return new Pop3Answer.Message("the top follows", content, MessageTop.EndOf(content, Lines), size != content.Length);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    private static Top? Parse(string argument)
    {
        string text = argument.Trim(' ');
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && Pop3Verb.TryNumber(text.AsSpan(0, space), out int number)
            && Pop3Verb.TryNumber(text.AsSpan(space).TrimStart(' '), out int lines)
            ? new Top(number, lines)
            : null;
    }
}
