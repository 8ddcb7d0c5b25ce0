using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Has scripts run on what a command did (RFC 6785 section 2.2), once it is committed. They change nothing of how the command ends.</summary>
internal static class ScriptEvents
{
    /// <summary>A message was put into a mailbox.</summary>
    public static ValueTask AppendedAsync(ImapSession session, Folder folder, uint uid, CancellationToken cancellationToken) =>
        RunAsync(session, new MailboxScriptEvent(session.Owner, MailboxCause.Append, folder, null, [new ScriptedMessages([uid])]), cancellationToken);

    /// <summary>Messages of the selected mailbox were copied or moved.</summary>
    public static ValueTask CopiedAsync(ImapSession session, Folder target, CopyOutcome outcome, CancellationToken cancellationToken)
    {
        uint[] uids = outcome.Status == CopyStatus.Done ? [.. outcome.Messages.Select(static message => message.TargetUid)] : [];
        return RunAsync(
            session,
            new MailboxScriptEvent(session.Owner, MailboxCause.Copy, target, session.Mailbox.Folder, [new ScriptedMessages(uids)]),
            cancellationToken);
    }

    /// <summary>Flags of messages in the selected mailbox were changed.</summary>
    public static ValueTask FlaggedAsync(ImapSession session, IReadOnlyList<ScriptedMessages> messages, CancellationToken cancellationToken) =>
        RunAsync(session, new MailboxScriptEvent(session.Owner, MailboxCause.Flag, session.Mailbox.Folder, null, messages), cancellationToken);

    /// <summary>Tells which flags of which messages are other than the client knew them; those that it did not name may be another session's.</summary>
    /// <param name="selected">The mailbox as the client knows it.</param>
    /// <param name="changed">The messages as they are now.</param>
    /// <param name="update">What the client asked for.</param>
    /// <returns>Those with the same difference together; those without any are left out.</returns>
    public static IReadOnlyList<ScriptedMessages> Compare(SelectedFolder selected, IReadOnlyList<MessageEntry> changed, FlagUpdate update)
    {
        ulong named = update.Mode == FlagUpdateMode.Replace ? ulong.MaxValue : BitsOf(update, selected);
        var groups = new Dictionary<ulong, List<uint>>();
        foreach (MessageEntry entry in changed)
        {
            int position = selected.Version.IndexOf(entry.Uid);
            ulong bits = position < 0 ? 0 : (selected.EntryAt(position).Flags.Bits ^ entry.Flags.Bits) & named;
            if (bits == 0)
            {
                continue;
            }

            if (!groups.TryGetValue(bits, out List<uint>? uids))
            {
                groups[bits] = uids = [];
            }

            uids.Add(entry.Uid);
        }

        return [.. groups.Select(static group => new ScriptedMessages(group.Value, new MessageFlags(group.Key)))];
    }

    private static ulong BitsOf(FlagUpdate update, SelectedFolder selected)
    {
        MessageFlags flags = update.System;
        for (int i = 0; i < selected.Keywords.Length; i++)
        {
            flags |= update.Keywords.Contains(selected.Keywords[i], StringComparer.OrdinalIgnoreCase) ? MessageFlags.Keyword(i) : default;
        }

        return flags.Bits;
    }

    private static ValueTask RunAsync(ImapSession session, MailboxScriptEvent happened, CancellationToken cancellationToken) =>
        session.Services.Scripts is { } scripts && happened.Count > 0 ? scripts.RunAsync(happened, cancellationToken) : ValueTask.CompletedTask;
}
