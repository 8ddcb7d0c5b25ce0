using System.Buffers;

namespace PluginMail.Mime;

/// <summary>
/// Quoted-printable (RFC 2045 section 6.7): soft line breaks with CRLF or LF, white space before a line end dropped, hexadecimal digits in
/// either case, and an "=" without meaning passed on.
/// </summary>
internal sealed class QuotedPrintableDecoder : TransferDecoder
{
    private const int MaxHeldSpace = 1024;

    private readonly ArrayBufferWriter<byte> _space = new(16);
    private State _state;
    private byte _digit;

    private enum State
    {
        Text,
        Equals,
        Digit,
        SoftSpace,
        SoftReturn,
    }

    public override void Append(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        while (!piece.IsEmpty)
        {
            if (_state == State.Text)
            {
                piece = AppendText(piece, output);
            }
            else if (AppendEscape(piece[0], output))
            {
                piece = piece[1..];
            }
        }
    }

    public override void Finish(IBufferWriter<byte> output)
    {
        if (_state is State.Equals or State.Digit)
        {
            Literal(output);
        }
        _space.ResetWrittenCount();
        _state = State.Text;
    }

    /// <summary>Passes on text up to the next "=" or line end and returns the rest.</summary>
    private ReadOnlySpan<byte> AppendText(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        var length = piece.IndexOfAny((byte)'=', (byte)'\r', (byte)'\n');
        var run = length < 0 ? piece : piece[..length];
        var text = run.TrimEnd(" \t"u8);
        if (!text.IsEmpty)
        {
            ReleaseSpace(output);
            output.Write(text);
        }
        var space = run[text.Length..];
        if (length < 0)
        {
            Hold(space, output);
            return [];
        }
        if (piece[length] == (byte)'=')
        {
            ReleaseSpace(output);
            output.Write(space);
            _state = State.Equals;
        }
        else
        {
            _space.ResetWrittenCount();
            output.Write(piece.Slice(length, 1));
        }
        return piece[(length + 1)..];
    }

    /// <summary>Handles one byte after "="; false leaves the byte to be looked at again as text.</summary>
    private bool AppendEscape(byte octet, IBufferWriter<byte> output)
    {
        switch (_state)
        {
            case State.Equals when Hex.Digit(octet) >= 0:
                _digit = octet;
                _state = State.Digit;
                return true;
            case State.Equals or State.SoftSpace when octet is (byte)' ' or (byte)'\t':
                Hold([octet], output);
                _state = State.SoftSpace;
                return true;
            case State.Equals or State.SoftSpace when octet == (byte)'\r':
                _state = State.SoftReturn;
                return true;
            case State.Equals or State.SoftSpace or State.SoftReturn when octet == (byte)'\n':
                _space.ResetWrittenCount();
                _state = State.Text;
                return true;
            case State.SoftReturn:
                _space.ResetWrittenCount();
                _state = State.Text;
                return false;
            case State.Digit when Hex.TryDecode(_digit, octet, out var decoded):
                output.Write([decoded]);
                _state = State.Text;
                return true;
            default:
                Literal(output);
                return false;
        }
    }

    private void Literal(IBufferWriter<byte> output)
    {
        SawGarbage = true;
        output.Write("="u8);
        if (_state == State.Digit)
        {
            output.Write([_digit]);
        }
        _state = State.Text;
    }

    private void Hold(ReadOnlySpan<byte> space, IBufferWriter<byte> output)
    {
        if (_space.WrittenCount + space.Length > MaxHeldSpace)
        {
            ReleaseSpace(output);
            output.Write(space);
            return;
        }
        _space.Write(space);
    }

    private void ReleaseSpace(IBufferWriter<byte> output)
    {
        if (_space.WrittenCount > 0)
        {
            output.Write(_space.WrittenSpan);
            _space.ResetWrittenCount();
        }
    }
}
