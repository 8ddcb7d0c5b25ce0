using PluginMail.Abstractions;
using PluginMail.Pipeline;
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
        if (context is not { Maildrop: { } maildrop, Account: { } account })
        {
            return new Pop3Answer.Goodbye(IsOk: true, "goodbye");
        }

        try
        {
            // Many clients hang up without waiting for the reply; what they said is done all the same.
            await foreach (IReadOnlyList<uint> removed in maildrop.RemoveMarkedAsync(CancellationToken.None))
            {
                context.Removed += removed.Count;
                Tell(context.Events, account, maildrop.Folder, removed);
            }

            return new Pop3Answer.Goodbye(IsOk: true, $"goodbye, {context.Removed} messages removed");
        }
        catch (StoreUnavailableException e)
        {
            Pop3Log.StoreUnavailable(context.Log, context.Connection.Id, Verb.Name, e.Message);
            return new Pop3Answer.Goodbye(IsOk: false, context.Removed == 0
                ? "[SYS/TEMP] the messages could not be removed, none was"
                : $"[SYS/TEMP] the messages could not all be removed, {context.Removed} were");
        }
    }

    private static void Tell(IMailboxEvents events, Account account, Folder folder, IReadOnlyList<uint> removed)
    {
        if (removed.Count > 0)
        {
            events.Publish(new MailboxEvent(account, MailboxChangeKind.Expunged, folder, FromFolder: null, removed));
        }
    }
}
