using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// Reads the text of documents: plain text, HTML, RTF, Office and OpenDocument files, PDF, messages, and what lies in ZIP and tar archives. What
/// a document is its octets say; its type and its name choose between readings of a text. What cannot be read is reported to the budget; images
/// and other files that have no text are not.
/// </summary>
internal sealed class TextExtractor(TextBudget budget, ITextSink target)
{
    private const int SniffLength = 1024;

    // No media type: no sender can say it.
    private const string PrinterSettings = "printer settings";
    private const string HiddenFont = "obfuscated font";
    private const int LongestPrinterSettings = 64 * 1024;
    private const string UnknownForm = "a document of a form that is not read";
    private static readonly SearchValues<char> CharsetEnds = SearchValues.Create("\"' />;");
    private readonly BudgetedSink _sink = new(target, budget);
    private SurroundingText? _surroundings;

    /// <summary>Reads a document.</summary>
    /// <param name="stream">Its octets.</param>
    /// <param name="name">Its file name; may be empty.</param>
    /// <param name="mediaType">Its media type in lower case; may be empty.</param>
    /// <param name="charset">Its charset; null where none is said.</param>
    public void Read(Stream stream, string name, string mediaType, string? charset) => Read(stream, name, mediaType, charset, 0);

    /// <summary>Takes a text that is there already.</summary>
    public void Read(string text)
    {
        _sink.Write(text);
        _sink.Break();
    }

    /// <summary>Takes the octets of a message that lie in no part of it, piece by piece in their order.</summary>
    public void ReadSurroundings(ReadOnlySpan<byte> octets)
    {
        _surroundings ??= new SurroundingText(_sink);
        _surroundings.Take(octets);
        _sink.Break();
    }

    private void Read(Stream stream, string name, string mediaType, string? charset, int depth)
    {
        byte[] buffer = new byte[SniffLength];
        int count = stream.ReadAtLeast(buffer, SniffLength, throwOnEndOfStream: false);
        var start = buffer.AsMemory(0, count);
        var form = DocumentKind.Of(start.Span, name, mediaType);
        bool isWholeSeen = form is DocumentForm.Zip or DocumentForm.Pdf or DocumentForm.Unknown or DocumentForm.Mail
            or DocumentForm.TextOrMail or DocumentForm.Card
            || (mediaType == "text/plain" && form is DocumentForm.Html or DocumentForm.Xml or DocumentForm.Rtf);
        if (count == 0)
        {
            return;
        }

        budget.Attempt(() =>
        {
            if (!isWholeSeen)
            {
                ReadStream(form, new Prefixed(start, stream), start, charset, depth);
            }
            else if (Load(start, stream) is { } octets)
            {
                ReadWhole(form, octets, mediaType, charset, depth);
            }
        });
        _sink.Break();
    }

    private void ReadStream(DocumentForm form, Stream stream, ReadOnlyMemory<byte> start, string? charset, int depth)
    {
        switch (form)
        {
            case DocumentForm.Text:
                ReadText(stream, charset, depth);
                break;
            case DocumentForm.Html:
                PlainText.Read(stream, charset ?? HtmlCharset(start.Span), new HtmlText(_sink));
                break;
            case DocumentForm.Xml:
                XmlText.Copy(stream, isOffice: null, _sink, budget);
                break;
            case DocumentForm.Rtf:
                new RtfText(stream, _sink, budget).Read();
                break;
            case DocumentForm.Tar when IsDepthLeft(depth):
                new TarFile(budget, (content, name) => ReadNamed(content, name, depth + 1)).Read(stream);
                break;
            case DocumentForm.Unreadable:
                budget.Report(UnknownForm);
                if (TextOctets.AreText(start.Span))
                {
                    PlainText.Read(stream, charset, _sink);
                }

                break;
            default:
                if (ZipDirectory.IsAtEndOf(stream))
                {
                    budget.Report("an archive behind something else");
                }

                break;
        }
    }

    private void ReadWhole(DocumentForm form, ReadOnlyMemory<byte> octets, string mediaType, string? charset, int depth)
    {
        bool isText = TextOctets.AreText(octets.Span);
        switch (form)
        {
            case DocumentForm.Mail when IsDepthLeft(depth):
                new MailFile(budget, _sink, Read).Read(octets, depth);
                return;
            case DocumentForm.TextOrMail when IsDepthLeft(depth):
                new MailFile(budget, _sink, Read).Read(octets, depth);
                break;
            case DocumentForm.Card:
                new CardText(budget, _sink, content => ReadWithin(content, depth)).Read(octets.Span, charset);
                break;
            case DocumentForm.Zip or DocumentForm.Unknown when ZipDirectory.Locate(octets.Span) is { } archive:
                ReadZipAndBefore(octets, archive, depth);
                break;
            case DocumentForm.Unknown when Pictures.AreDetachedSignature(octets.Span)
                || (mediaType == PrinterSettings && octets.Length <= LongestPrinterSettings)
                || (mediaType == HiddenFont && Pictures.AreObfuscatedFont(octets.Span)):
                return;
            case DocumentForm.Unknown when FinderFiles.Are(octets.Span):
                FinderFiles.Write(octets.Span, _sink);
                return;
            case DocumentForm.Zip or DocumentForm.Unknown:
                budget.Report(form == DocumentForm.Zip ? "a damaged document" : UnknownForm);
                break;
            case DocumentForm.Pdf:
                // Where it says nothing, or something stands before it, it may be a text about PDF.
                budget.Attempt(() => isText &= !PdfText.Read(octets, _sink, budget, content => ReadWithin(content, depth)) || !octets.Span.StartsWith("%PDF-"u8) || mediaType == "text/plain");
                break;
            case DocumentForm.Html or DocumentForm.Xml or DocumentForm.Rtf:
                budget.Attempt(() => ReadStream(form, octets.AsReadOnlyStream(), octets, charset, depth));
                break;
            default:
                break;
        }

        // Whatever else its first words make of it, a text is one.
        _sink.Break();
        if (form is DocumentForm.Card or DocumentForm.TextOrMail)
        {
            ReadText(octets.AsReadOnlyStream(), charset, depth);
        }
        else if (isText)
        {
            PlainText.Read(octets.AsReadOnlyStream(), charset, _sink);
        }
    }

    private void ReadText(Stream stream, string? charset, int depth)
    {
        using var text = new InlineUUFiles(stream, budget);
        if (!PlainText.Read(text, charset, _sink))
        {
            budget.Report(UnknownForm);
        }

        foreach (var file in text.Files)
        {
            _sink.Break();
            ReadWithin(file, depth);
        }
    }

    // A file that lies in a document which is no archive.
    private void ReadWithin(ReadOnlyMemory<byte> octets, int depth)
    {
        if (octets.Length > budget.Limits.MaximumSize)
        {
            budget.Report("a document that is larger than is looked at");
        }
        else if (IsDepthLeft(depth))
        {
            using var stream = octets.AsReadOnlyStream();
            Read(stream, "", "", null, depth + 1);
        }
    }

    // The names of files are text as those of attachments are.
    private void ReadNamed(Stream stream, string name, int depth)
    {
        WriteName(name);
        Read(stream, name, "", null, depth);
    }

    private void WriteName(string name)
    {
        _sink.Write(name);
        _sink.Break();
    }

    private ReadOnlyMemory<byte>? Load(ReadOnlyMemory<byte> start, Stream stream)
    {
        var octets = new MemoryStream();
        octets.Write(start.Span);
        byte[] buffer = new byte[16 * 1024];
        int count;
        while ((count = stream.Read(buffer, 0, buffer.Length)) > 0)
        {
            if (octets.Length + count > budget.Limits.MaximumSize)
            {
                budget.Report("a document that is larger than is looked at");
                return null;
            }

            octets.Write(buffer, 0, count);
        }

        return octets.GetBuffer().AsMemory(0, (int)octets.Length);
    }

    private bool IsDepthLeft(int depth)
    {
        if (depth < budget.Limits.MaximumDepth)
        {
            return true;
        }

        budget.Report("archives within archives");
        return false;
    }

    // Before it stands nothing, a program that unpacks it, or another archive: that counts as one more within it.
    private void ReadZipAndBefore(ReadOnlyMemory<byte> octets, Range archive, int depth)
    {
        if (IsDepthLeft(depth))
        {
            budget.Attempt(() => ReadZip(octets[archive], depth));
            using var before = octets[..archive.Start.Value].AsReadOnlyStream();
            Read(before, "", "", null, depth + 1);
        }
    }

    private void ReadZip(ReadOnlyMemory<byte> octets, int depth)
    {
        if (!ZipDirectory.IsBounded(octets.Span, budget.Limits.MaximumEntries))
        {
            budget.Report("an archive that is damaged or has more files than are looked at");
            return;
        }

        using var archive = new ZipContents(octets, budget);
        var read = OfficeText.Read(archive, _sink);
        bool isDocument = read.Count > 0;
        foreach (var entry in archive.Entries)
        {
            if (!isDocument)
            {
                WriteName(entry.FullName);
            }

            if (!read.Contains(entry) && !archive.IsEmpty(entry))
            {
                if (_sink.IsFull || !budget.TakeEntry())
                {
                    return;
                }

                budget.Attempt(() => ReadEntry(archive, entry, depth));
            }
        }
    }

    private void ReadEntry(ZipContents archive, ZipArchiveEntry entry, int depth)
    {
        if (entry.IsEncrypted)
        {
            budget.Report("an encrypted archive");
            return;
        }

        using var stream = archive.Open(entry);
        string mediaType = entry.FullName.StartsWith("xl/printerSettings/", StringComparison.OrdinalIgnoreCase) ? PrinterSettings
            : entry.FullName.StartsWith("word/fonts/", StringComparison.OrdinalIgnoreCase) ? HiddenFont
            : "";
        Read(stream, entry.Name, mediaType, null, depth + 1);
    }

    private static string? HtmlCharset(ReadOnlySpan<byte> start)
    {
        string text = Encoding.Latin1.GetString(start[..Math.Min(start.Length, SniffLength)]);
        int at = text.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        string rest = at < 0 ? "" : text[(at + 8)..].TrimStart('"', '\'');
        int end = rest.AsSpan().IndexOfAny(CharsetEnds);
        return end > 0 ? rest[..end].ToLowerInvariant() : null;
    }
}
