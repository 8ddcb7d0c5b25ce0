using System.Buffers;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>One stored message while it is fetched or searched: its row, and what is read of it when it is needed.</summary>
/// <remarks>Offsets of the structure count from the body; the copy's prefix stands before it and belongs to the header.</remarks>
/// <param name="bodies">Where octets are.</param>
/// <param name="row">The row.</param>
internal sealed class MessageReader(IBodyStore bodies, StoredMessage row) : IDisposable
{
    /// <summary>Octets of a header that are looked at.</summary>
    public const int MaximumHeader = 1024 * 1024;

    private MessageContent? _content;
    private MimeStructure? _structure;
    private byte[]? _header;

    /// <summary>The row.</summary>
    public StoredMessage Row { get; } = row;

    /// <summary>The octets, prefix and body.</summary>
    public MessageContent Content => _content ??= bodies.Open(Row);

    /// <summary>The structure as stored; computed again where it is missing or of another version.</summary>
    public MimeStructure Structure => _structure ??=
        MimeStructure.TryDecode(Row.Structure.Span, out MimeStructure? stored) ? stored! : Scan();

    /// <summary>Octets of the message's header, prefix and empty line included.</summary>
    public long HeaderLength => Row.Prefix.Length + Structure.Root.BodyStart;

    /// <summary>The message's header with prefix and empty line, as far as it is looked at.</summary>
    public ReadOnlySpan<byte> Header
    {
        get
        {
            int length = (int)Math.Min(HeaderLength, MaximumHeader);
            return Content.TryGetMemory(out ReadOnlyMemory<byte> whole) ? whole.Span[..Math.Min(length, whole.Length)] : _header ??= Read(0, length);
        }
    }

    /// <summary>Reads octets into memory.</summary>
    public byte[] Read(long offset, int length)
    {
        byte[] octets = new byte[length];
        int read = Content.Read(offset, octets);
        return read == length ? octets : octets[..read];
    }

    /// <inheritdoc/>
    public void Dispose() => _content?.Dispose();

    private MimeStructure Scan()
    {
        var scanner = new MimeScanner();
        byte[] block = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (long at = Row.Prefix.Length; at < Row.Size;)
            {
                int read = Content.Read(at, block);
                if (read == 0)
                {
                    break;
                }

                scanner.Append(block.AsSpan(0, read));
                at += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return scanner.Finish();
    }
}
