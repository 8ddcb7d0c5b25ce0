using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>Takes note of a judged message, and delivers nothing.</summary>
internal sealed class TrialDelivery(TrialMessage original) : IDelivery
{
    public TrialDelivered? Delivered { get; private set; }

    public ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        // The first Received is that of the trial itself; what was added may stand above it.
        MessageHeader? own = request.View.Headers.FirstOrDefault(header => header.Name == "Received");
        string[] now = [.. request.View.Headers.Where(header => !ReferenceEquals(header, own)).Select(Line)];
        string[] before = [.. View(original.Octets).Headers.Select(Line)];
        Delivered = new TrialDelivered(
            request.Envelope.Sender,
            request.Envelope.Recipients,
            request.HoldReason,
            Without(before, now),
            Without(now, before),
            !Body(request.Message).AsSpan().SequenceEqual(Body(MailMessage.Scan(new MemoryContent(original.Octets)))));
        return new(new DeliveryOutcome(IsDuplicate: false, [.. request.Envelope.Recipients.Select(_ => (SmtpReply?)null)]));
    }

    /// <summary>A message as plugins see it, brought by nobody.</summary>
    public static IMessageView View(ReadOnlyMemory<byte> octets) => new DeliveryRequest(
        "",
        new TrialSession(),
        MailMessage.Scan(new MemoryContent(octets)),
        new Envelope(null, []),
        Direction.Incoming,
        IsJunk: false,
        HoldReason: null,
        IdempotencyKey: null,
        new DecisionTrace("", default)).View;

    private static string Line(MessageHeader header) => $"{header.Name}: {header.Value}";

    /// <summary>The lines of one that another has not, each as often as it is missing.</summary>
    private static ImmutableArray<string> Without(string[] lines, string[] others)
    {
        List<string> left = [.. others];
        return [.. lines.Where(line => !left.Remove(line))];
    }

    private static byte[] Body(MailMessage message)
    {
        byte[] body = new byte[message.Content.Length - message.Structure.Root.HeaderEnd];
        message.Content.Read(message.Structure.Root.HeaderEnd, body);
        return body;
    }

    private sealed class TrialSession : ISessionView
    {
        public string Id => "";

        public string Protocol => "smtp";

        public System.Net.IPEndPoint? RemoteEndPoint => null;

        public System.Net.IPEndPoint? LocalEndPoint => null;

        public string? HelloName => null;

        public bool IsEncrypted => false;

        public EmailAddress? Authenticated => null;

        public Direction Direction => Direction.Incoming;
    }
}

/// <summary>What would have been delivered.</summary>
/// <param name="From">The reverse path.</param>
/// <param name="To">The recipients.</param>
/// <param name="HeldFor">Why it is kept for a person; null where it is delivered.</param>
/// <param name="RemovedFields">Header fields that are not there any more.</param>
/// <param name="AddedFields">Header fields that were not there before.</param>
/// <param name="IsBodyChanged">Whether the body is another.</param>
internal sealed record TrialDelivered(
    EmailAddress? From,
    ImmutableArray<EmailAddress> To,
    string? HeldFor,
    ImmutableArray<string> RemovedFields,
    ImmutableArray<string> AddedFields,
    bool IsBodyChanged);
