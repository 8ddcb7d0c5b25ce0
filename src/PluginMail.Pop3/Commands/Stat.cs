using PluginMail.Pop3.Sessions;

namespace PluginMail.Pop3.Commands;

/// <summary>STAT (RFC 1939 section 5): how many messages, how many octets, marked ones not counted.</summary>
internal sealed record Stat : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("STAT", "", Pop3States.Transaction, Pop3Verb.Plain(new Stat()));

    /// <inheritdoc/>
    public override async ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        long[] sizes = await context.Maildrop!.SizesAsync(cancellationToken);
        int count = 0;
        long octets = 0;
        foreach (int number in context.Maildrop.Numbers)
        {
            count++;
            octets += sizes[number - 1];
        }

        return Pop3Answer.Ok($"{count} {octets}");
    }
}
