using System.Text;

namespace PluginMail.Abstractions;

/// <summary>A message that a plugin describes and the core writes: header fields, a text, attachments.</summary>
/// <remarks>
/// The core adds Date, Message-ID and MIME-Version where they are missing, encodes what is not ASCII (RFC 2047, RFC 2231), chooses
/// transfer encodings and boundaries, and folds lines.
/// </remarks>
public sealed class MessageBuilder
{
    private readonly List<(string Name, string Value)> _headers = [];
    private readonly List<MessageAttachment> _attachments = [];

    /// <summary>The header fields, unencoded, in their order.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers => _headers;

    /// <summary>The text a person reads first; lines parted by a line feed.</summary>
    public string Text { get; private set; } = "";

    /// <summary>What is attached, in its order.</summary>
    public IReadOnlyList<MessageAttachment> Attachments => _attachments;

    /// <summary>Whether the message that was being judged is attached whole as message/rfc822 (RFC 2046 section 5.2.1).</summary>
    public bool AttachesOriginal { get; private set; }

    /// <summary>Adds a header field.</summary>
    /// <param name="name">A field name of printable ASCII without a colon.</param>
    /// <param name="value">The value; line ends are replaced by spaces.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">The name is no field name.</exception>
    public MessageBuilder Header(string name, string value)
    {
        if (!HeaderEdit.IsFieldName(name))
        {
            throw new ArgumentException($"'{name}' is not a header field name", nameof(name));
        }

        _headers.Add((name, value.ReplaceLineEndings(" ")));
        return this;
    }

    /// <summary>Sets the text.</summary>
    /// <param name="text">Lines parted by a line feed.</param>
    /// <returns>This builder.</returns>
    public MessageBuilder Body(string text)
    {
        Text = text;
        return this;
    }

    /// <summary>Attaches a file.</summary>
    /// <param name="attachment">The file.</param>
    /// <returns>This builder.</returns>
    public MessageBuilder Attach(MessageAttachment attachment)
    {
        _attachments.Add(attachment);
        return this;
    }

    /// <summary>Attaches the message that was being judged, octet for octet.</summary>
    /// <returns>This builder.</returns>
    public MessageBuilder AttachOriginal()
    {
        AttachesOriginal = true;
        return this;
    }

    /// <summary>The text in UTF-8, for those who write the message.</summary>
    /// <returns>Octets.</returns>
    public byte[] GetTextUtf8() => Encoding.UTF8.GetBytes(Text);
}

/// <summary>A file attached to a message.</summary>
/// <param name="FileName">Its name.</param>
/// <param name="MediaType">Type and subtype, as <c>application/pdf</c>.</param>
/// <param name="Data">Its octets.</param>
public sealed record MessageAttachment(string FileName, string MediaType, ReadOnlyMemory<byte> Data);
