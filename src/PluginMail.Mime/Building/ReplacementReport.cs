namespace PluginMail.Mime;

/// <summary>
/// A notice that takes the place of a message, with the original attached untouched as message/rfc822: what a recipient gets instead of an
/// infected message. Its fields are the original's as far as the caller gives them, so that it is found where the original would be.
/// </summary>
public sealed record ReplacementReport
{
    /// <summary>Who the notice is from; usually the original's sender or the postmaster.</summary>
    public required IReadOnlyList<HeaderAddress> From { get; init; }

    /// <summary>Whom it is for.</summary>
    public required IReadOnlyList<HeaderAddress> To { get; init; }

    /// <summary>Its subject.</summary>
    public required string Subject { get; init; }

    /// <summary>Its date.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Its Message-ID with the angle brackets.</summary>
    public required string MessageId { get; init; }

    /// <summary>What is said to people.</summary>
    public required string Text { get; init; }

    /// <summary>The original's bytes in pieces.</summary>
    public required IEnumerable<ReadOnlyMemory<byte>> Original { get; init; }

    /// <summary>7bit, 8bit or binary, as the original is.</summary>
    public TransferEncoding OriginalEncoding { get; init; } = TransferEncoding.EightBit;

    /// <summary>File name of the attached original.</summary>
    public string? OriginalName { get; init; } = "original.eml";

    /// <summary>Further fields with ready values, such as a mark for filters.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>Builds the notice.</summary>
    public ComposedMessage Compose()
    {
        var composer = new MessageComposer { Body = MimeContent.Text(Text) };
        composer.Add("From", From).Add("To", To).Add("Subject", Subject).Add("Date", Date).AddRaw("Message-ID", MessageId);
        foreach (var (name, value) in Fields)
        {
            composer.AddRaw(name, value);
        }
        return composer.Attach(MimeContent.Message(Original, OriginalEncoding, OriginalName)).Compose();
    }
}
