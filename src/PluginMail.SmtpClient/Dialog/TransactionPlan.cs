using System.Diagnostics.CodeAnalysis;
using PluginMail.Abstractions;
using PluginMail.Queue;

namespace PluginMail.SmtpClient;

/// <summary>What one host is given of a message, and how; found out before a word is said.</summary>
/// <param name="Content">The octets that this host gets.</param>
/// <param name="Recipients">The recipients of the transaction, as indices.</param>
internal sealed record TransactionPlan(SendableContent Content, int[] Recipients)
{
    /// <summary>Octets of the largest message that goes out with its envelope.</summary>
    public const int SingleFlight = 32 * 1024;

    /// <summary>A transaction for nobody.</summary>
    public static TransactionPlan Empty { get; } = new(SendableContent.Of(new MemoryContent(default)), []);

    /// <summary>Whether SMTPUTF8 is asked for (RFC 6531).</summary>
    public bool UsesUtf8 { get; private init; }

    /// <summary>Whether the envelope goes out in one write.</summary>
    public bool IsPipelined { get; private init; }

    /// <summary>Whether BDAT is used.</summary>
    public bool IsChunked { get; private init; }

    /// <summary>Whether the message goes out with the envelope.</summary>
    public bool IsOneFlight { get; private init; }

    /// <summary>Makes a plan. Recipients that this host cannot be told of are settled.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="connection">The host.</param>
    /// <param name="options">Settings.</param>
    /// <param name="plan">The plan; without recipients where none is left.</param>
    /// <param name="refusal">Why the host cannot be given the message at all.</param>
    /// <returns>False where it cannot.</returns>
    /// <exception cref="IOException">The message cannot be read.</exception>
    public static bool TryMake(
        OutboundDelivery delivery, SmtpConnection connection, SmtpClientOptions options, out TransactionPlan plan, [NotNullWhen(false)] out SmtpReply? refusal)
    {
        plan = Empty;
        PeerCapabilities peer = connection.Capabilities;
        refusal = Refusal(delivery, connection);
        SendableContent? content = peer.EightBitMime || !delivery.Content.Survey.HasEightBit ? delivery.Content : delivery.SevenBitContent;
        if (refusal is null && content is null)
        {
            refusal = Say(connection, 554, 6, 3, "does not support 8BITMIME, and the message cannot be converted");
        }
        else if (refusal is null && peer.MaximumSize > 0 && content!.Survey.Length > peer.MaximumSize)
        {
            refusal = Say(connection, 552, 3, 4, $"takes messages up to {peer.MaximumSize} octets; this one has {content.Survey.Length}");
        }

        if (refusal is not null)
        {
            return false;
        }

        int[] recipients = ChooseRecipients(delivery, connection, options.MaximumRecipients);
        bool isChunked = peer.Chunking && options.UsesChunking && !connection.IsLmtp;
        plan = new TransactionPlan(content!, recipients)
        {
            UsesUtf8 = peer.SmtpUtf8 && NeedsUtf8(delivery, recipients),
            IsPipelined = peer.Pipelining,
            IsChunked = isChunked,
            IsOneFlight = peer.Pipelining && isChunked && content!.Survey.Length <= SingleFlight,
        };
        return true;
    }

    // What this host lacks that the whole message needs.
    private static SmtpReply? Refusal(OutboundDelivery delivery, SmtpConnection connection)
    {
        OutboundMessage message = delivery.Message;
        PeerCapabilities peer = connection.Capabilities;
        if (message.RequiresTls && !(connection.IsVerified && peer.RequireTls))
        {
            return Say(connection, 550, 7, 30, "does not support REQUIRETLS, which the sender insists on");
        }

        if (peer.SmtpUtf8)
        {
            return null;
        }

        if (EnvelopeCommands.NeedsUtf8(message.Sender))
        {
            return Say(connection, 553, 6, 7, "does not support SMTPUTF8, which the sender's address needs");
        }

        return delivery.Content.Survey.HasUtf8Header && !connection.IsLmtp // a mailbox stores what it gets
            ? Say(connection, 550, 6, 9, "does not support SMTPUTF8, which the message's header needs")
            : null;
    }

    private static int[] ChooseRecipients(OutboundDelivery delivery, SmtpConnection connection, int most)
    {
        bool isSenderSendable = EnvelopeCommands.IsSendable(delivery.Message.Sender);
        foreach (int recipient in delivery.Pending(int.MaxValue))
        {
            EmailAddress address = delivery.Message.Recipients[recipient].Address;
            if (!isSenderSendable || !EnvelopeCommands.IsSendable(address))
            {
                delivery.Settle(recipient, new SmtpReply(553, new EnhancedStatusCode(5, 1, 3), "the address cannot be written in SMTP"), connection);
            }
            else if (!connection.Capabilities.SmtpUtf8 && EnvelopeCommands.NeedsUtf8(address))
            {
                delivery.Settle(recipient, Say(connection, 553, 6, 7, "does not support SMTPUTF8, which the address needs"), connection);
            }
        }

        return delivery.Pending(most);
    }

    private static bool NeedsUtf8(OutboundDelivery delivery, int[] recipients) =>
        delivery.Content.Survey.HasUtf8Header || EnvelopeCommands.NeedsUtf8(delivery.Message.Sender)
        || Array.Exists(recipients, recipient => EnvelopeCommands.NeedsUtf8(delivery.Message.Recipients[recipient].Address));

    private static SmtpReply Say(SmtpConnection connection, int code, ushort subject, ushort detail, string words) =>
        new(code, new EnhancedStatusCode(5, subject, detail), $"{connection.Name} {words}");
}
