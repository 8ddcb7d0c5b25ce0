using System.Buffers;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>A message on its way: octets and structure. Immutable; an edit makes another.</summary>
public sealed class MailMessage
{
    private readonly Lazy<ReadOnlyMemory<byte>> _header;
    private readonly Lazy<NewBody> _body;

    /// <summary>Makes a message of octets whose structure is known.</summary>
    /// <param name="content">The octets; stays the caller's to dispose.</param>
    /// <param name="structure">Their structure.</param>
    public MailMessage(MessageContent content, MimeStructure structure)
    {
        Content = content;
        Structure = structure;
        _header = new Lazy<ReadOnlyMemory<byte>>(ReadHeader);
        _body = new Lazy<NewBody>(EncodeBody);
    }

    /// <summary>The octets.</summary>
    public MessageContent Content { get; }

    /// <summary>Their structure, offsets relative to the content.</summary>
    public MimeStructure Structure { get; }

    /// <summary>The header's octets, the empty line not among them.</summary>
    public ReadOnlyMemory<byte> Header => _header.Value;

    /// <summary>The message as the store takes it; the same object for all copies.</summary>
    public NewBody Body => _body.Value;

    /// <summary>What holds the octets while the message is on its way; null where it is nobody's to reuse.</summary>
    internal IBodySpool? Spool { get; init; }

    /// <summary>Reads the structure of octets that lie somewhere already.</summary>
    /// <param name="content">The octets; stays the caller's to dispose.</param>
    /// <returns>The message.</returns>
    public static MailMessage Scan(MessageContent content)
    {
        var scanner = new MimeScanner();
        if (content.TryGetMemory(out ReadOnlyMemory<byte> memory))
        {
            scanner.Append(memory.Span);
            return new MailMessage(content, scanner.Finish());
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(65536);
        try
        {
            long offset = 0;
            for (int count; (count = content.Read(offset, buffer)) > 0; offset += count)
            {
                scanner.Append(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new MailMessage(content, scanner.Finish());
    }

    private ReadOnlyMemory<byte> ReadHeader()
    {
        int length = (int)Structure.Root.HeaderEnd;
        if (Content.TryGetMemory(out ReadOnlyMemory<byte> memory))
        {
            return memory[..length];
        }

        byte[] header = new byte[length];
        int read = Content.Read(0, header);
        return header.AsMemory(0, read);
    }

    private NewBody EncodeBody()
    {
        var writer = new ArrayBufferWriter<byte>(512);
        Structure.Encode(writer);
        return new NewBody(Content, writer.WrittenMemory);
    }
}
