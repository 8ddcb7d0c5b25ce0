using PluginMail.Pop3.Sessions;
using PluginMail.Storage;

namespace PluginMail.Pop3.Commands;

/// <summary>QUIT (RFC 1939 sections 4 and 6): removes what is marked, and ends the session.</summary>
internal sealed record Quit : Pop3Command
{
    /// <summary>The row of the table.</summary>
    public static readonly Pop3Verb Verb = new("QUIT", "", Pop3States.Any, Pop3Verb.Plain(new Quit()));

    /// <inheritdoc/>
    public override async ValueTask<Pop3Answer> RunAsync(Pop3Context context, CancellationToken cancellationToken)
    {
        if (context.Maildrop is null)
        {
            return new Pop3Answer.Goodbye(IsOk: true, "goodbye");
        }

        try
        {
            // Many clients hang up without waiting for the reply; what they said is done all the same.
            context.Removed = await context.Maildrop.RemoveMarkedAsync(CancellationToken.None);
            return new Pop3Answer.Goodbye(IsOk: true, $"goodbye, {context.Removed} messages removed");
        }
        catch (StoreUnavailableException)
        {
            return new Pop3Answer.Goodbye(IsOk: false, "[SYS/TEMP] the messages could not be removed, none was");
        }
    }
}
