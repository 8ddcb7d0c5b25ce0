using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using PluginMail.Transport;

namespace PluginMail.Imap;

/// <summary>Writes responses as octets straight into the connection's buffers. Used by one session.</summary>
/// <param name="connection">Whose output.</param>
/// <param name="patience">How long the client may take to make room.</param>
internal sealed class ImapWriter(MailConnection connection, TimeSpan patience)
{
    private const int BlockSize = 16 * 1024;
    private const int FlushThreshold = 64 * 1024;
    private const int LongestQuoted = 1000;
    private static readonly SearchValues<byte> PlainOctets = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private static readonly SearchValues<char> NotInAtoms = SearchValues.Create(" \"\\(){%*");

    private byte[] _block = [];
    private int _start;
    private int _end;
    private bool _isOwn;
    private int _filled;
    private long _unflushed;

    /// <summary>Whether a response is begun and not ended, so that no other can be written.</summary>
    public bool IsWithinResponse { get; set; }

    /// <summary>Octets written in all.</summary>
    public long Total { get; private set; }

    /// <summary>Writes octets as they are.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        while (true)
        {
            Span<byte> room = _block.AsSpan(_start + _filled, _end - _start - _filled);
            if (octets.Length <= room.Length)
            {
                octets.CopyTo(room);
                _filled += octets.Length;
                return;
            }

            octets[..room.Length].CopyTo(room);
            _filled += room.Length;
            octets = octets[room.Length..];
            NextBlock();
        }
    }

    /// <summary>Writes text that is ASCII.</summary>
    public void WriteAscii(ReadOnlySpan<char> text)
    {
        Span<byte> octets = stackalloc byte[256];
        while (!text.IsEmpty)
        {
            ReadOnlySpan<char> piece = text[..Math.Min(text.Length, octets.Length)];
            for (int i = 0; i < piece.Length; i++)
            {
                octets[i] = piece[i] < 0x80 ? (byte)piece[i] : (byte)'?';
            }

            Write(octets[..piece.Length]);
            text = text[piece.Length..];
        }
    }

    /// <summary>Writes a number in decimal.</summary>
    public void WriteNumber(long number)
    {
        Span<byte> digits = Room(20);
        Utf8Formatter.TryFormat(number, digits, out int length);
        _filled += length;
    }

    /// <summary>Room for a few octets, to be counted with <see cref="Advance"/>.</summary>
    public Span<byte> Room(int least)
    {
        if (_end - _start - _filled < least)
        {
            NextBlock();
        }

        return _block.AsSpan(_start + _filled, _end - _start - _filled);
    }

    /// <summary>Counts octets put into <see cref="Room"/>.</summary>
    public void Advance(int count) => _filled += count;

    /// <summary>Writes NIL for nothing, otherwise a string.</summary>
    public void WriteNString(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            Write("NIL"u8);
        }
        else
        {
            WriteString(value);
        }
    }

    /// <summary>Writes a string: quoted where that is possible, otherwise as a literal.</summary>
    public void WriteString(ReadOnlySpan<byte> value)
    {
        int special = value.IndexOfAnyExcept(PlainOctets);
        if (special < 0 && value.Length <= LongestQuoted)
        {
            Write("\""u8);
            Write(value);
            Write("\""u8);
        }
        else if (value.Length <= LongestQuoted && IsText(value))
        {
            WriteEscaped(value);
        }
        else
        {
            WriteLiteralSize(value.Length);
            Write(value);
        }
    }

    /// <summary>Writes text as a string in UTF-8.</summary>
    public void WriteString(string text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = most > 512 ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> octets = rented ?? stackalloc byte[512];
        WriteString(octets[..Encoding.UTF8.GetBytes(text, octets)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Writes an astring of ASCII: as it is where that is possible.</summary>
    public void WriteAString(string text)
    {
        if (text.AsSpan().ContainsAny(NotInAtoms))
        {
            WriteString(text);
        }
        else
        {
            WriteAscii(text);
        }
    }

    /// <summary>Writes the value of an annotation (RFC 5464 section 5): NIL, a string, or a literal8 where it holds NUL.</summary>
    public void WriteAnnotation(ReadOnlyMemory<byte>? value)
    {
        if (value is not { } octets)
        {
            Write("NIL"u8);
        }
        else if (octets.Span.Contains((byte)0))
        {
            Write("~"u8);
            WriteLiteralSize(octets.Length);
            Write(octets.Span);
        }
        else
        {
            WriteString(octets.Span);
        }
    }

    /// <summary>Writes a header value as a string, its folding undone (RFC 5322 section 2.2.3).</summary>
    public void WriteUnfolded(ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAny((byte)'\r', (byte)'\n') < 0)
        {
            WriteNString(value);
            return;
        }

        byte[] unfolded = ArrayPool<byte>.Shared.Rent(value.Length);
        int length = 0;
        foreach (byte octet in value)
        {
            if (octet is not ((byte)'\r' or (byte)'\n'))
            {
                unfolded[length++] = octet;
            }
        }

        WriteNString(unfolded.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(unfolded);
    }

    /// <summary>Writes a literal's announcement with its line end; as many octets must follow.</summary>
    public void WriteLiteralSize(long size)
    {
        Write("{"u8);
        WriteNumber(size);
        Write("}\r\n"u8);
    }

    /// <summary>Writes a mailbox name.</summary>
    public void WriteMailbox(string name) => WriteString(MailboxName.Encode(name));

    /// <summary>Hands over to the connection what was written, without sending it.</summary>
    public void Commit()
    {
        if (_filled > 0)
        {
            if (_isOwn)
            {
                connection.Output.Write(_block.AsSpan(0, _filled));
            }
            else
            {
                connection.Output.Advance(_filled);
            }

            Total += _filled;
            _unflushed += _filled;
            _filled = 0;
        }

        (_block, _start, _end) = ([], 0, 0);
    }

    /// <summary>Sends, if much is waiting.</summary>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Completes when there is room again.</returns>
    /// <exception cref="ClientLostException">The client takes no more.</exception>
    public ValueTask FlushIfFullAsync(CancellationToken cancellationToken) =>
        _unflushed + _filled >= FlushThreshold ? FlushAsync(cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Sends what was written.</summary>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Completes when the connection took it.</returns>
    /// <exception cref="ClientLostException">The client takes no more.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Commit();
        if (_unflushed == 0)
        {
            return;
        }

        _unflushed = 0;
        if (!await connection.FlushAsync(patience, cancellationToken))
        {
            throw new ClientLostException("The client takes no more");
        }
    }

    private void NextBlock()
    {
        Commit();
        Memory<byte> memory = connection.Output.GetMemory(BlockSize);
        _isOwn = !MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment); // arrays are written to faster than memory
        (_block, _start, _end) = _isOwn ? (new byte[BlockSize], 0, BlockSize) : (segment.Array!, segment.Offset, segment.Offset + segment.Count);
    }

    private void WriteEscaped(ReadOnlySpan<byte> value)
    {
        Write("\""u8);
        while (!value.IsEmpty)
        {
            int plain = value.IndexOfAny((byte)'"', (byte)'\\');
            plain = plain < 0 ? value.Length : plain;
            Write(value[..plain]);
            value = value[plain..];
            if (!value.IsEmpty)
            {
                Write(@"\"u8);
                Write(value[..1]);
                value = value[1..];
            }
        }

        Write("\""u8);
    }

    private static bool IsText(ReadOnlySpan<byte> value) =>
        Ascii.IsValid(value) && value.IndexOfAny((byte)0, (byte)'\r', (byte)'\n') < 0;
}
