using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>Makes reports (RFC 3464) of entries.</summary>
internal sealed class ReportComposer(IBodyStore bodies, Func<QueueOptions> options)
{
    /// <summary>Makes a report.</summary>
    /// <exception cref="StoreUnavailableException">The message cannot be read.</exception>
    public MessageContent Compose(
        ReportKind kind, QueueEntry entry, EmailAddress sender, IReadOnlyList<QueueRecipient> recipients, string id, DateTimeOffset now)
    {
        using MessageContent content = bodies.Open(entry.Message);
        MailMessage message = MailMessage.Scan(content);
        string hostname = options().Hostname;
        DateTimeOffset expires = entry.Queued + options().Expiry;
        var report = new DeliveryStatusReport
        {
            From = new HeaderAddress("Mail Delivery System", "postmaster", hostname),
            To = new HeaderAddress(null, sender.LocalPart, sender.Domain),
            Subject = ReportText.Subject(kind),
            Date = now,
            MessageId = $"<{id}@{hostname}>",
            Text = ReportText.Write(kind, entry, recipients, SubjectOf(message), hostname, expires),
            ReportingMta = hostname,
            OriginalEnvelopeId = entry.EnvelopeId is null ? null : Xtext.Decode(entry.EnvelopeId),
            ArrivalDate = entry.Queued,
            Recipients = [.. recipients.Select(to => Status(kind, to, expires))],
            Original = Original(kind, entry, message),
        };
        return new MemoryContent(report.Compose().ToArray());
    }

    // RFC 3461 section 6.2: all of it where RET=FULL asks so, and only about failures.
    private MimeContent Original(ReportKind kind, QueueEntry entry, MailMessage message)
    {
        bool isWhole = kind == ReportKind.Failure && entry is { Return: DsnReturn.Full, RequiresTls: false }
            && message.Content.Length <= options().LargestReturned;
        if (!isWhole)
        {
            return MimeContent.Headers(message.Header);
        }

        byte[] octets = new byte[message.Content.Length];
        int read = message.Content.Read(0, octets);
        bool isSevenBit = Ascii.IsValid(octets.AsSpan(0, read));
        return MimeContent.Message(
            [octets.AsMemory(0, read)],
            isSevenBit ? TransferEncoding.SevenBit : TransferEncoding.EightBit,
            isInternational: MimeContent.IsInternational(message.Header.Span));
    }

    private static string? SubjectOf(MailMessage message) =>
        new HeaderBlock(message.Header.Span).TryFind("Subject"u8, out HeaderField field) ? HeaderText.Decode(field.RawValue).Text.Trim() : null;

    private static RecipientStatus Status(ReportKind kind, QueueRecipient recipient, DateTimeOffset expires)
    {
        SmtpReply? reply = recipient.LastReply is null ? null : ReplyText.Read(recipient.LastReply);
        DeliveryAction action = kind switch
        {
            ReportKind.Failure => DeliveryAction.Failed,
            ReportKind.Delay => DeliveryAction.Delayed,
            _ when recipient.Status == QueueRecipientStatus.Relayed => DeliveryAction.Relayed,
            _ when recipient.Status == QueueRecipientStatus.Expanded => DeliveryAction.Expanded,
            _ => DeliveryAction.Delivered,
        };
        int type = recipient.OriginalRecipient?.IndexOf(';', StringComparison.Ordinal) ?? -1;
        return new RecipientStatus(recipient.Address.ToString(), action, Code(kind, reply))
        {
            OriginalRecipient = type < 0 ? null : Xtext.Decode(recipient.OriginalRecipient![(type + 1)..]),
            OriginalRecipientType = type < 0 ? null : recipient.OriginalRecipient![..type],
            RemoteMta = recipient.LastHost is null ? null : HostName(recipient.LastHost),
            DiagnosticCode = recipient.LastReply,
            DiagnosticType = IsOwnWord(recipient, reply) ? "X-PluginMail" : "smtp",
            LastAttempt = recipient.LastAttempt,
            WillRetryUntil = kind == ReportKind.Delay ? expires : null,
        };
    }

    // RFC 3464 section 2.3.5: the name alone, as DNS has it; of mx.example.org[192.0.2.1]:25 what stands before the address.
    private static string HostName(string host)
    {
        string name = host.Split('[', 2)[0].TrimEnd();
        return IPAddress.TryParse(name, out IPAddress? address)
            ? address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]"
            : name;
    }

    // What is said here of a host begins with its name; a reply of its own is given back as it came (RFC 3464 section 2.3.6).
    private static bool IsOwnWord(QueueRecipient recipient, SmtpReply? reply) =>
        recipient.LastHost is not { } host || reply?.Text.StartsWith(host, StringComparison.Ordinal) != false;

    // What expired has a code of its own (RFC 3463: X.4.7), as a transient failure that lasted (RFC 3464 section 2.3.4).
    private static string Code(ReportKind kind, SmtpReply? reply)
    {
        (int expected, string without) = kind switch
        {
            ReportKind.Failure => (5, "5.0.0"),
            ReportKind.Delay => (4, "4.4.1"),
            _ => (2, "2.0.0"),
        };
        return kind == ReportKind.Failure && reply is not { IsTransient: false } ? "4.4.7"
            : reply?.Status is { } status && status.Class == expected ? status.ToString()
            : without;
    }
}
