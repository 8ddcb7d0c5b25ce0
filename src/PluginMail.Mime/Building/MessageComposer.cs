namespace PluginMail.Mime;

/// <summary>
/// Builds a message: fields in the order they are added, then MIME-Version and the content. Line ends are CRLF. Date and Message-ID are the
/// caller's to give, who knows the clock and the host.
/// </summary>
public sealed class MessageComposer
{
    private readonly List<string> _fields = [];
    private readonly List<MimeContent> _attachments = [];

    /// <summary>The body; text without a word unless set.</summary>
    public MimeContent Body { get; set; } = MimeContent.Text("");

    /// <summary>Adds a field of free text; what is no ASCII goes into encoded words.</summary>
    public MessageComposer Add(string name, string value) => AddField(HeaderEncoder.Unstructured(name, value));

    /// <summary>Adds a field of addresses.</summary>
    public MessageComposer Add(string name, params IEnumerable<HeaderAddress> addresses) => AddField(HeaderEncoder.Addresses(name, addresses));

    /// <summary>Adds a field of one date.</summary>
    public MessageComposer Add(string name, DateTimeOffset date) => AddField($"{name}: {MailDate.Format(date)}\r\n");

    /// <summary>Adds a field whose value is ready, such as a Message-ID; it is folded at its spaces.</summary>
    public MessageComposer AddRaw(string name, string value) => AddField(HeaderEncoder.Raw(name, value));

    /// <summary>Adds an attachment; with one or more the message is a multipart/mixed that starts with <see cref="Body"/>.</summary>
    public MessageComposer Attach(MimeContent content)
    {
        _attachments.Add(content);
        return this;
    }

    /// <summary>Writes all but the pieces of attached originals and gives the message.</summary>
    public ComposedMessage Compose()
    {
        var message = new SegmentList();
        foreach (var field in _fields)
        {
            message.Write(field);
        }
        message.Write("MIME-Version: 1.0\r\n");
        var content = _attachments.Count == 0 ? Body : MimeContent.Multipart("mixed", [Body, .. _attachments]);
        content.Write(message);
        return new ComposedMessage(message.ToSegments());
    }

    private MessageComposer AddField(string field)
    {
        _fields.Add(field);
        return this;
    }
}
