using System.Buffers;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;

namespace PluginMail.Filters.Testing;

/// <summary>Carries effects out against the store of a test file: as a delivery does, without a network.</summary>
internal static class TestDelivery
{
    public static void Carry(
        FilterEffect effect, byte[] message, FilterEnvelope envelope, ImapEvent? happened, TestStore store, TestSettings settings)
    {
        switch (effect)
        {
            case FilterEffect.Keep when happened is not null:
                Store(store, happened.Mailbox, message); // as it is: changes are for what is filed and sent (RFC 6785 3.7)
                break;
            case FilterEffect.Keep:
                Store(store, "INBOX", Changed(message, effect));
                break;
            case FilterEffect.FileInto file:
                Store(store, FolderOf(file, store), Changed(message, effect));
                break;
            case FilterEffect.Redirect redirect:
                store.Sent.Add(new(settings.RedirectSender(envelope), redirect.Address, Changed(message, effect)));
                break;
            case FilterEffect.FileIntoMailbox other:
                store.Sent.Add(new(settings.RedirectSender(envelope), other.Address, Changed(message, effect)));
                break;
            case FilterEffect.Vacation { Obstacle: null } vacation when vacation.Interval == TimeSpan.Zero || store.Answered.Add((vacation.Handle, vacation.Recipient)):
                var entity = vacation.IsMime ? vacation.Text : $"Content-Type: text/plain; charset=utf-8\r\n\r\n{vacation.Text}";
                var reply = Letter(vacation.From ?? envelope.To!, [vacation.Recipient], [], vacation.Subject, "auto-replied", vacation.InReplyTo, vacation.References, entity);
                store.Sent.Add(new(settings.VacationSender(envelope), vacation.Recipient, reply));
                FileCopy(store, vacation.Fcc);
                break;
            case FilterEffect.Reject reject when envelope.From is { Length: > 0 } sender:
                store.Sent.Add(new("", sender, Letter(envelope.To!, [sender], [], "Automatically rejected mail", "auto-replied", null, [], $"\r\n{reject.Reason}\r\n")));
                break;
            case FilterEffect.Notify { Obstacle: null } notify:
                var notice = Letter(notify.From ?? envelope.To!, notify.To, notify.Cc, notify.Subject, "auto-notified", null, notify.References, $"\r\n{notify.Body}");
                store.Sent.AddRange(notify.To.Concat(notify.Cc).Select(recipient => new SentMessage(settings.NotifySender(notify, envelope), recipient, notice)));
                FileCopy(store, notify.Fcc);
                break;
        }
    }

    private static string FolderOf(FilterEffect.FileInto file, TestStore store) =>
        (file.MailboxId is { } id ? store.FolderOf(id) : null) ?? (file.SpecialUse is { } use ? store.FolderFor(use) : null) ?? file.Folder;

    private static void Store(TestStore store, string folder, byte[] message)
    {
        if (!store.Folders.TryGetValue(folder, out var messages))
        {
            store.Folders.Add(folder, messages = []);
        }

        messages.Add(message);
    }

    /// <summary>What was sent last goes into the folder as well (RFC 8580).</summary>
    private static void FileCopy(TestStore store, FilterEffect.FileInto? fcc)
    {
        if (fcc is not null && store.Sent is [.., var last])
        {
            Store(store, FolderOf(fcc, store), last.Message);
        }
    }

    private static byte[] Changed(byte[] message, FilterEffect effect)
    {
        if (effect.Changes.IsEmpty)
        {
            return message;
        }

        HeaderBlock.FindBody(message, out var headerEnd);
        var original = ChangedMessage.Of(message.AsMemory(0, headerEnd), new MemoryContent(message));
        var output = new ArrayBufferWriter<byte>();
        foreach (var piece in effect.Changes.Aggregate(original, static (changed, change) => changed.With(change)).Read())
        {
            output.Write(piece.Span);
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] Letter(
        string from, IEnumerable<string> to, IReadOnlyCollection<string> cc, string subject, string by, string? inReplyTo, IReadOnlyCollection<string> references, string entity)
    {
        var header = new StringBuilder($"From: {from}\r\nTo: {string.Join(", ", to.Select(address => $"<{address}>"))}\r\n");
        header.Append(cc.Count > 0 ? $"Cc: {string.Join(", ", cc.Select(address => $"<{address}>"))}\r\n" : "");
        header.Append($"Subject: {subject}\r\nAuto-Submitted: {by}\r\n");
        header.Append(inReplyTo is null ? "" : $"In-Reply-To: {inReplyTo}\r\n");
        header.Append(references.Count > 0 ? $"References: {string.Join(' ', references)}\r\n" : "");
        return Encoding.UTF8.GetBytes($"{header}MIME-Version: 1.0\r\n{entity}");
    }
}
