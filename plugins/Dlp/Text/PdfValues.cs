using System.Buffers.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// What a PDF says beside its pages (ISO 32000-1): values of form fields (section 12.7.3), annotations (12.5.2), document information (14.3.3),
/// bookmarks (12.3.3), names of attached files (7.11.3). And which of its streams are attached files, XML forms (12.7.8), or such values.
/// Each object is walked once.
/// </summary>
internal sealed class PdfValues(PdfObjects objects, ITextSink sink, TextBudget budget)
{
    private const int MostForms = 32;
    private const int MostPieces = 100;

    private readonly HashSet<int> _files = [];
    private readonly HashSet<int> _texts = [];
    private readonly HashSet<(Key, int)> _walked = [];
    private readonly Queue<(Key Key, int Number)> _later = new();
    private readonly List<List<int>> _forms = [];

    private enum Key
    {
        None,
        Text,
        Value,
        Rich,
        Files,
        Form,
    }

    /// <summary>Attached files, as what refers to them says; others say so themselves.</summary>
    public IReadOnlySet<int> Files => _files;

    /// <summary>Streams that are the value of a field, or the text of an annotation.</summary>
    public IReadOnlySet<int> Texts => _texts;

    /// <summary>Streams of XML forms: each in pieces that make one document.</summary>
    public IEnumerable<IReadOnlyList<int>> Forms => _forms.Where(pieces => pieces.Count > 0).DistinctBy(pieces => string.Join(' ', pieces));

    /// <summary>Writes what all objects say.</summary>
    public void Write()
    {
        foreach (var item in objects.All)
        {
            if (sink.IsFull || !budget.IsInTime())
            {
                return;
            }

            Walk(item.Body.Span, Key.None);
        }

        // What is an object of its own.
        while (_later.TryDequeue(out var later) && !sink.IsFull && budget.IsInTime())
        {
            Walk(objects[later.Number]!.Body.Span, later.Key);
        }

        sink.Break();
    }

    /// <summary>Writes a value that is a stream.</summary>
    public void Write(ReadOnlySpan<byte> value) => WriteText(PdfStrings.Text(value.ToArray()), isRich: value.StartsWith("<"u8));

    private static bool IsDictionary(PdfObject item) => PdfNames.TrimBlanks(item.Body.Span).StartsWith("<<"u8);

    private void Walk(ReadOnlySpan<byte> body, Key key)
    {
        bool isArray = false;
        int fileDepth = 0;
        int number = -1;
        int generation = -1;
        for (int at = 0; at < body.Length && !sink.IsFull;)
        {
            var rest = body[at..];
            bool isOpening = rest.StartsWith("<<"u8);
            int length = isOpening || rest.StartsWith(">>"u8) ? 2 : PdfNames.Token(rest);
            var token = rest[..length];
            at += length;
            if (PdfNames.IsBlank(token[0]) || token[0] == '%')
            {
                continue;
            }

            if (token[0] is (byte)'(' || (token[0] == '<' && !isOpening))
            {
                at += WriteString(rest, length, key) - length;
            }
            else if (token is [(byte)'R'] && number >= 0 && generation >= 0)
            {
                StartForm(isArray ? Key.None : key);
                Refer(fileDepth > 0 ? Key.Files : key, number);
            }
            else if (token[0] is >= (byte)'0' and <= (byte)'9')
            {
                (number, generation) = (generation, Utf8Parser.TryParse(token, out int value, out int used) && used == length ? value : -1);
                continue;
            }
            else if (token[0] == '/')
            {
                key = KeyOf(token);
                isArray = false;
            }
            else if (token[0] == '[' && key != Key.None)
            {
                isArray = true;
                StartForm(key);
            }

            fileDepth += isOpening && (fileDepth > 0 || key == Key.Files) ? 1 : fileDepth > 0 && token.StartsWith(">>"u8) ? -1 : 0;
            (number, generation) = (-1, -1);
            key = (isArray && token[0] != ']') || token[0] == '/' ? key : Key.None;
            isArray &= key != Key.None;
        }
    }

    private static Key KeyOf(ReadOnlySpan<byte> name) => name switch
    {
        { Length: < 2 or > 9 } => Key.None,
        _ when name.SequenceEqual("/V"u8) || name.SequenceEqual("/DV"u8) => Key.Value,
        _ when name.SequenceEqual("/RV"u8) || name.SequenceEqual("/RC"u8) => Key.Rich,
        _ when name.SequenceEqual("/Title"u8) || name.SequenceEqual("/Subject"u8) || name.SequenceEqual("/Keywords"u8) || name.SequenceEqual("/Contents"u8)
            || name.SequenceEqual("/Author"u8) || name.SequenceEqual("/F"u8) || name.SequenceEqual("/UF"u8) || name.SequenceEqual("/Desc"u8) => Key.Text,
        _ when name.SequenceEqual("/EF"u8) => Key.Files,
        _ when name.SequenceEqual("/XFA"u8) => Key.Form,
        _ => Key.None,
    };

    // Returns how many octets the string takes: of a literal one that is known.
    private int WriteString(ReadOnlySpan<byte> text, int length, Key key)
    {
        if (key is not (Key.Text or Key.Value or Key.Rich))
        {
            return text[0] == '(' ? length : text.IndexOf((byte)'>') is >= 0 and var end ? end + 1 : text.Length;
        }

        byte[] octets = PdfStrings.Octets(text, out length);

        // The value of a signature is a sequence of DER.
        if (octets is not [0x30, >= 0x80 and <= 0x84, ..])
        {
            WriteText(PdfStrings.Text(octets), isRich: key == Key.Rich);
        }

        return length;
    }

    private void WriteText(string text, bool isRich)
    {
        if (isRich)
        {
            var html = new HtmlText(sink);
            html.Write(text);
            html.Break();
        }

        sink.Write(isRich ? "" : text);
        sink.Write("\n");
    }

    private void Refer(Key key, int number)
    {
        var item = objects[number];
        switch (key)
        {
            case Key.Form when item is { HasStream: true }:
                AddPiece(number);
                break;
            case Key.Files when item is { HasStream: true }:
                _files.Add(number);
                break;
            case Key.Value or Key.Rich when item is { HasStream: true }:
                _texts.Add(number);
                break;
            case Key.Files when item is not null && IsDictionary(item):
            case Key.Form or Key.Text or Key.Value or Key.Rich when item is { HasStream: false } && !IsDictionary(item):
                if (_walked.Add((key, number)))
                {
                    _later.Enqueue((key, number));
                }

                break;
            default:
                break;
        }
    }

    private void StartForm(Key key)
    {
        if (key == Key.Form && _forms.Count < MostForms)
        {
            _forms.Add([]);
        }
    }

    private void AddPiece(int number)
    {
        if (_forms.Count > 0 && _forms[^1].Count < MostPieces)
        {
            _forms[^1].Add(number);
        }
        else
        {
            budget.Report("a PDF with a part of a form that is not read");
        }
    }
}
