using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace PluginMail.Dlp.Text;

/// <summary>
/// Reads the text of documents: plain text, HTML, Office and OpenDocument files, PDF, and what lies in ZIP archives. What a document is its
/// first octets say, then its type, then its name. What cannot be read is reported to the budget; images and other files without text are not.
/// </summary>
internal sealed class TextExtractor(TextBudget budget, ITextSink target)
{
    private const int SniffLength = 1024;
    private static readonly SearchValues<char> CharsetEnds = SearchValues.Create("\"' />;");
    private readonly BudgetedSink _sink = new(target, budget);

    /// <summary>Reads a document.</summary>
    /// <param name="stream">Its octets.</param>
    /// <param name="name">Its file name; may be empty.</param>
    /// <param name="mediaType">Its media type in lower case; may be empty.</param>
    /// <param name="charset">Its charset; null where none is said.</param>
    public void Read(Stream stream, string name, string mediaType, string? charset)
    {
        Read(stream, name, mediaType, charset, 0);
        _sink.Break();
    }

    /// <summary>Takes a text that is there already.</summary>
    public void Read(string text)
    {
        _sink.Write(text);
        _sink.Break();
    }

    private void Read(Stream stream, string name, string mediaType, string? charset, int depth)
    {
        byte[] start = new byte[SniffLength];
        int count = stream.ReadAtLeast(start, SniffLength, throwOnEndOfStream: false);
        var known = start.AsSpan(0, count);
        try
        {
            switch (DocumentKind.Of(known, name, mediaType))
            {
                case DocumentForm.Text:
                    PlainText.Read(new Prefixed(start, count, stream), charset, _sink);
                    break;
                case DocumentForm.Html:
                    PlainText.Read(new Prefixed(start, count, stream), charset ?? HtmlCharset(known), new HtmlText(_sink));
                    break;
                case DocumentForm.Xml:
                    XmlText.Copy(new Prefixed(start, count, stream), _sink, budget);
                    break;
                case DocumentForm.Zip when Load(start, count, stream) is { } octets:
                    ReadZip(octets, depth);
                    break;
                case DocumentForm.Pdf when Load(start, count, stream) is { } octets:
                    PdfText.Read(octets.GetBuffer().AsMemory(0, (int)octets.Length), _sink, budget);
                    break;
                case DocumentForm.Mail when Load(start, count, stream) is { } octets:
                    ReadMail(octets, depth);
                    break;
                case DocumentForm.Unreadable:
                    budget.Report("a document of a form that is not read");
                    break;
                default:
                    break;
            }
        }
        catch (Exception e) when (e is EndOfStreamException or not (OperationCanceledException or OutOfMemoryException or IOException))
        {
            // Whatever a hostile document trips is its damage, not the plugin's; only where it is read from may fail as such.
            budget.Report("a damaged document");
        }
    }

    private MemoryStream? Load(byte[] start, int count, Stream stream)
    {
        var octets = new MemoryStream();
        octets.Write(start, 0, count);
        byte[] buffer = new byte[16 * 1024];
        while ((count = stream.Read(buffer, 0, buffer.Length)) > 0)
        {
            if (octets.Length + count > budget.Limits.MaximumSize)
            {
                budget.Report("a document that is larger than is looked at");
                return null;
            }

            octets.Write(buffer, 0, count);
        }

        octets.Position = 0;
        return octets;
    }

    private void ReadMail(MemoryStream octets, int depth)
    {
        if (depth >= budget.Limits.MaximumDepth)
        {
            budget.Report("archives within archives");
            return;
        }

        new MailFile(budget, (part, name, mediaType, charset, depthOfPart) =>
        {
            Read(part, name, mediaType, charset, depthOfPart);
            _sink.Break();
        }).Read(octets.GetBuffer().AsMemory(0, (int)octets.Length), depth);
    }

    private void ReadZip(MemoryStream octets, int depth)
    {
        if (depth >= budget.Limits.MaximumDepth)
        {
            budget.Report("archives within archives");
            return;
        }

        if (!ZipDirectory.IsBounded(octets.GetBuffer().AsSpan(0, (int)octets.Length), budget.Limits.MaximumEntries))
        {
            budget.Report("an archive that is damaged or has more files than are looked at");
            return;
        }

        using var archive = new ZipArchive(octets, ZipArchiveMode.Read);
        if (OfficeText.TryRead(archive, _sink, budget))
        {
            return;
        }

        foreach (var entry in archive.Entries)
        {
            if (_sink.IsFull || !budget.TakeEntry())
            {
                return;
            }

            if (entry.IsEncrypted)
            {
                budget.Report("an encrypted archive");
            }
            else if (entry.Length > 0)
            {
                using var stream = new BoundedStream(entry.Open(), budget, entry.CompressedLength);
                Read(stream, entry.Name, "", null, depth + 1);
                _sink.Break();
            }
        }
    }

    private static string? HtmlCharset(ReadOnlySpan<byte> start)
    {
        string text = Encoding.Latin1.GetString(start);
        int at = text.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        string rest = at < 0 ? "" : text[(at + 8)..].TrimStart('"', '\'');
        int end = rest.AsSpan().IndexOfAny(CharsetEnds);
        return end > 0 ? rest[..end].ToLowerInvariant() : null;
    }

    /// <summary>The octets that were looked at, and the rest.</summary>
    private sealed class Prefixed(byte[] start, int length, Stream rest) : Stream
    {
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_at == length)
            {
                return rest.Read(buffer);
            }

            int count = Math.Min(buffer.Length, length - _at);
            start.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
