namespace PluginMail.Imap;

/// <summary>CLOSE (RFC 3501 section 6.4.2) and UNSELECT (RFC 3691).</summary>
/// <param name="Expunges">Whether messages with \Deleted are removed.</param>
internal sealed record Close(bool Expunges) : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static Close? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new Close(Expunges: true) : null;

    /// <summary>Takes no arguments.</summary>
    public static Close? ParseUnselect(ref ImapReader reader) => reader.ExpectEnd() ? new Close(Expunges: false) : null;

    /// <summary>Lets the mailbox go; nothing is told of what was removed.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Close command, CancellationToken cancellationToken)
    {
        SelectedFolder selected = session.Mailbox;
        if (command.Expunges && !selected.IsReadOnly && selected.Version.Count > 0)
        {
            await Expunge.RemoveAsync(session, [new PositionRange(0, selected.Version.Count - 1)], cancellationToken);
        }

        session.Selected = null;
        return Completion.Ok("No mailbox is selected now");
    }
}
