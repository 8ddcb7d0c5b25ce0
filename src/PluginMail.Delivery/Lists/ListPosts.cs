using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// Makes a list's mail of a message: a body with the list's fields (RFC 2919, RFC 2369), and one queue entry for all members, whose reports go
/// to the list's owner.
/// </summary>
internal sealed class ListPosts(TimeProvider clock)
{
    /// <summary>Whether a message has been through a list already, and would go round.</summary>
    /// <param name="message">The message.</param>
    /// <param name="list">The list.</param>
    /// <returns>True where the list's mark is on it.</returns>
    public static bool HasPassed(MailMessage message, DistributionList list)
    {
        string mark = list.Address.ToString();
        foreach (HeaderField field in new HeaderBlock(message.Header.Span))
        {
            if (field.Is("Delivered-To"u8) && Encoding.UTF8.GetString(field.RawValue).Trim().Equals(mark, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The entry that brings a message to a list's members.</summary>
    /// <param name="request">The message.</param>
    /// <param name="list">The list; it has members.</param>
    /// <param name="changes">What the sender's filter has changed of the message.</param>
    /// <param name="messages">Makes the list's form of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entry, due now.</returns>
    /// <exception cref="StoreUnavailableException">The disk is full or broken.</exception>
    public async ValueTask<NewQueueEntry> MakeAsync(
        DeliveryRequest request,
        DistributionList list,
        ImmutableArray<MessageChange> changes,
        EditedMessages messages,
        CancellationToken cancellationToken) => new(
        await messages.GetSealedAsync(
            [.. changes, .. Fields(list).Select(edit => new MessageChange.Header(edit))], list.Address.Domain, cancellationToken),
        ListAddresses.BouncesOf(list.Address),
        [.. list.Members.Select(member => new NewQueueRecipient(member))],
        request.Direction,
        request.TransactionId,
        clock.GetUtcNow(),
        HoldReason: null,
        request.IsJunk)
    {
        Source = list.Address.ToString(),
        Priority = QueuedMail.BulkPriority,
        RequiresTls = request.Envelope.RequiresTls,
        Judgement = QueuedMail.JudgementOf(request),
    };

    // RFC 2919 section 3: a message has one List-Id, that of the list it came through last. Delivered-To is what a loop is known by.
    private static IEnumerable<MimeHeaderEdit> Fields(DistributionList list)
    {
        string address = list.Address.ToString();
        foreach (string name in (string[])["List-Id", "List-Post", "Precedence"])
        {
            yield return new MimeHeaderEdit.Remove(name);
        }

        if (list.RepliesGoToList)
        {
            yield return new MimeHeaderEdit.Remove("Reply-To");
            yield return new MimeHeaderEdit.Prepend("Reply-To", address);
        }

        yield return new MimeHeaderEdit.Prepend("Precedence", "list");
        yield return new MimeHeaderEdit.Prepend("List-Post", $"<mailto:{Uri.EscapeDataString(list.Address.LocalPart)}@{list.Address.Domain}>");
        yield return new MimeHeaderEdit.Prepend("List-Id", ListId(list));
        yield return new MimeHeaderEdit.Prepend("Delivered-To", address);
    }

    // RFC 2919 section 2: a dot-atom below a domain of the list's owner, behind an optional phrase.
    private static string ListId(DistributionList list)
    {
        string label = string.Concat(list.Address.LocalPart.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('.');
        string phrase = new([.. list.Name.Where(c => !char.IsControl(c) && c is not ('<' or '>' or '"' or '\\'))]);
        return phrase.Length == 0 ? $"<{label}.{list.Address.Domain}>" : $"\"{phrase}\" <{label}.{list.Address.Domain}>";
    }
}
