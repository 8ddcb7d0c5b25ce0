using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>SUBSCRIBE and UNSUBSCRIBE (RFC 3501 sections 6.3.6 and 6.3.7).</summary>
/// <param name="Name">The name, of a mailbox or not.</param>
/// <param name="IsSubscribed">Whether it goes onto the list.</param>
internal sealed record Subscribe(string Name, bool IsSubscribed) : ImapCommand
{
    /// <summary>Takes a mailbox.</summary>
    public static Subscribe? Parse(ref ImapReader reader) => Parse(ref reader, isSubscribed: true);

    /// <summary>Takes a mailbox.</summary>
    public static Subscribe? ParseUnsubscribe(ref ImapReader reader) => Parse(ref reader, isSubscribed: false);

    /// <summary>Changes the owner's list.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Subscribe command, CancellationToken cancellationToken)
    {
        FolderChange change = await session.Services.Store.Mailboxes.SubscribeAsync(
            session.Owner.Id, command.Name, command.IsSubscribed, cancellationToken);
        return FolderReply.Of(change, command.IsSubscribed ? "Subscribed" : "Unsubscribed");
    }

    private static Subscribe? Parse(ref ImapReader reader, bool isSubscribed) =>
        reader.ExpectSpace() && reader.ReadMailbox(out string name) ? new Subscribe(name, isSubscribed) : null;
}
