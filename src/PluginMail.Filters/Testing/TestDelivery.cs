using System.Buffers;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;

namespace PluginMail.Filters.Testing;

/// <summary>Carries effects out against the store of a test file: as a delivery does, without a network.</summary>
internal static class TestDelivery
{
    public static void Carry(FilterEffect effect, byte[] message, FilterEnvelope envelope, ImapEvent? happened, TestStore store)
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
                Store(store, file.Folder, Changed(message, effect));
                break;
            case FilterEffect.Redirect redirect:
                store.Sent.Add((redirect.Address, Changed(message, effect)));
                break;
            case FilterEffect.FileIntoMailbox other:
                store.Sent.Add((other.Address, Changed(message, effect)));
                break;
            case FilterEffect.Vacation { Obstacle: null } vacation when vacation.Interval == TimeSpan.Zero || store.Answered.Add((vacation.Handle, vacation.Recipient)):
                var entity = vacation.IsMime ? vacation.Text : $"Content-Type: text/plain; charset=utf-8\r\n\r\n{vacation.Text}";
                Send(store, vacation.Recipient, vacation.From ?? envelope.To!, vacation.Subject, vacation.InReplyTo, vacation.References, entity);
                FileCopy(store, vacation.Fcc);
                break;
            case FilterEffect.Reject reject:
                Send(store, envelope.From ?? "", envelope.To!, "Automatically rejected mail", null, [], $"\r\n{reject.Reason}\r\n");
                break;
            case FilterEffect.Notify { Obstacle: null } notify:
                foreach (var recipient in notify.To.Concat(notify.Cc))
                {
                    Send(store, recipient, notify.From ?? envelope.To!, notify.Subject, null, notify.References, $"\r\n{notify.Body}");
                }

                FileCopy(store, notify.Fcc);
                break;
        }
    }

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
            Store(store, fcc.Folder, last.Message);
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

    private static void Send(
        TestStore store, string recipient, string from, string subject, string? inReplyTo, IEnumerable<string> references, string entity)
    {
        var header = new StringBuilder($"From: {from}\r\nTo: <{recipient}>\r\nSubject: {subject}\r\nAuto-Submitted: auto-replied\r\n");
        header.Append(inReplyTo is null ? "" : $"In-Reply-To: {inReplyTo}\r\n");
        header.Append(references.Any() ? $"References: {string.Join(' ', references)}\r\n" : "");
        store.Sent.Add((recipient, Encoding.UTF8.GetBytes($"{header}MIME-Version: 1.0\r\n{entity}")));
    }
}
