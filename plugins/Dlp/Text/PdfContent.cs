using System.Buffers;
using System.Globalization;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// Runs the text operators of a content stream (ISO 32000-1 section 9.4): Tf chooses the font, Tj, TJ, ' and " show text, and what moves to
/// another place parts words. A move on the same line parts words where it is as wide as a space, and where the font's widths are not said.
/// </summary>
internal sealed class PdfContent(ITextSink sink, PdfFonts fonts)
{
    // Thousandths of the font's size; a space is 250 or so.
    private const double SpaceWidth = 180;
    private const int MostOperands = 65_536;

    private static readonly SearchValues<byte> Delimiters = SearchValues.Create("()<>[]{}/% \t\r\n\f\0"u8);

    private readonly List<Operand> _operands = [];
    private readonly PdfPen _pen = new();
    private PdfFont _font = PdfFont.Latin;
    private bool _any;
    private bool _isImageEndless;

    /// <summary>Runs a stream.</summary>
    /// <returns>Whether it showed text.</returns>
    public bool Run(ReadOnlySpan<byte> content, TextBudget budget)
    {
        int steps = 0;
        while (!content.IsEmpty && !sink.IsFull)
        {
            if ((++steps & 0xFFF) == 0 && !budget.IsInTime())
            {
                return _any;
            }

            content = Step(content);
        }

        return _any;
    }

    private ReadOnlySpan<byte> Step(ReadOnlySpan<byte> content)
    {
        switch (content[0])
        {
            case (byte)'(':
                return TakeString(content);
            case (byte)'<' when content.StartsWith("<<"u8):
                return content[2..];
            case (byte)'<' when content.Length > 1:
                return TakeString(content);
            case (byte)'/':
                return TakeName(content);
            case (byte)'%':
                int end = content.IndexOfAny((byte)'\r', (byte)'\n');
                return end < 0 ? default : content[end..];
            case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'\f' or 0 or (byte)'[' or (byte)']' or (byte)'<' or (byte)'>'
                or (byte)'{' or (byte)'}' or (byte)')':
                return content[1..];
            default:
                return TakeWord(content);
        }
    }

    private ReadOnlySpan<byte> TakeWord(ReadOnlySpan<byte> content)
    {
        int end = content.IndexOfAny(Delimiters);
        var word = end < 0 ? content : content[..end];
        if (word[0] is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.')
        {
            if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            {
                Push(new Operand(null, null, number));
            }
        }
        else
        {
            Execute(word);
            _operands.Clear();
        }

        return word.SequenceEqual("BI"u8) ? BehindImage(content) : content[word.Length..];
    }

    // BI ... ID data EI; where one has no end, none behind it has.
    private ReadOnlySpan<byte> BehindImage(ReadOnlySpan<byte> content)
    {
        int data = _isImageEndless ? -1 : content.IndexOf("ID"u8);
        int end = data < 0 ? -1 : content[data..].IndexOf("EI"u8);
        _isImageEndless |= end < 0;
        return end < 0 ? content[2..] : content[(data + end + 2)..];
    }

    private void Execute(ReadOnlySpan<byte> word)
    {
        switch (word)
        {
            case [(byte)'T', (byte)'j' or (byte)'J']:
                Show();
                break;
            case [(byte)'\'' or (byte)'"']:
                _pen.Leave();
                Show();
                break;
            case [(byte)'T', (byte)'f']:
                string? name = _operands.Find(operand => operand.Name is not null).Name;
                _font = name is null ? _font : fonts[name];
                _pen.SetSize(Last(1));
                break;
            case [(byte)'T', (byte)'d' or (byte)'D']:
                _pen.Move(Last(2), Last(1));
                break;
            case [(byte)'T', (byte)'m']:
                _pen.Set([Last(6), Last(5), Last(4), Last(3), Last(2), Last(1)]);
                break;
            case [(byte)'B', (byte)'T']:
                _pen.Set([]);
                break;
            case [(byte)'T', (byte)'c']:
                _pen.SetSpacing(character: Last(1));
                break;
            case [(byte)'T', (byte)'w']:
                _pen.SetSpacing(word: Last(1));
                break;
            case [(byte)'T', (byte)'z']:
                _pen.SetSpacing(percent: Last(1));
                break;
            case [(byte)'T', (byte)'*'] or [(byte)'c', (byte)'m'] or [(byte)'q' or (byte)'Q'] or [(byte)'D', (byte)'o']:
                _pen.Leave();
                break;
            default:
                break;
        }
    }

    private double Last(int place) => place <= _operands.Count ? _operands[^place].Number : 0;

    private void Show()
    {
        string parting = _pen.Parting();
        if (parting.Length > 0)
        {
            sink.Write(parting);
        }

        foreach (var operand in _operands)
        {
            if (operand.Text is { } octets)
            {
                _any |= octets.Length > 0;
                Write(octets);
                continue;
            }

            _pen.Adjust(operand.Number);
            if (operand.Number < -SpaceWidth)
            {
                sink.Write(" ");
            }
        }
    }

    private void Write(byte[] octets)
    {
        if (_font.Octets == 2)
        {
            for (int i = 0; i + 1 < octets.Length; i += 2)
            {
                int code = (octets[i] << 8) | octets[i + 1];
                Write(code);
                _pen.Show(_font.Widths[code], isSpace: false);
            }

            return;
        }

        // So Ghostscript writes the end of a word and the beginning of the next: 2.5 Tc (ot) Tj. More are one spaced word.
        if (octets.Length == 2 && _pen.IsSpaced)
        {
            Write([octets[0]]);
            sink.Write(" ");
            Write([octets[1]]);
            return;
        }

        if (_font.Map is null)
        {
            sink.Write(Windows1252(octets));
        }

        foreach (byte octet in octets)
        {
            if (_font.Map is not null)
            {
                Write(octet);
            }

            _pen.Show(_font.Widths[octet], octet == ' ');
        }
    }

    private void Write(int code)
    {
        if (_font.Map is { } map && map.TryGetValue(code, out string? text))
        {
            sink.Write(text);
        }
        else if (_font.Map is null || _font.Octets == 1)
        {
            sink.Write([(char)code]);
        }
    }

    private static string Windows1252(byte[] octets) =>
        (CodePagesEncodingProvider.Instance.GetEncoding(1252) ?? Encoding.Latin1).GetString(octets);

    private ReadOnlySpan<byte> TakeName(ReadOnlySpan<byte> content)
    {
        int end = content[1..].IndexOfAny(Delimiters);
        var name = end < 0 ? content[1..] : content[1..(end + 1)];
        byte[] meant = new byte[name.Length];
        Push(new Operand(null, Encoding.Latin1.GetString(meant, 0, PdfNames.Unescape(name, meant)), 0));
        return content[(name.Length + 1)..];
    }

    private ReadOnlySpan<byte> TakeString(ReadOnlySpan<byte> content)
    {
        Push(new Operand(PdfStrings.Octets(content, out int length), null, 0));
        return content[length..];
    }

    private void Push(Operand operand)
    {
        if (_operands.Count < MostOperands)
        {
            _operands.Add(operand);
        }
    }

    private readonly record struct Operand(byte[]? Text, string? Name, double Number);
}
