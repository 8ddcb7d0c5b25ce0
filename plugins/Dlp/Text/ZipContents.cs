using System.Buffers.Binary;
using System.IO.Compression;

namespace PluginMail.Dlp.Text;

/// <summary>
/// The entries of a ZIP archive and their octets. How long a content is its own octets say, and not the directory, which programs that unpack do
/// not believe either: what it says wrongly is reported, and the content read to its end.
/// </summary>
internal sealed class ZipContents : IDisposable
{
    private const string Damaged = "a damaged document";
    private const int HeaderLength = 30;
    private const ushort Stored = 0;
    private const ushort Deflated = 8;
    private const ushort Encrypted = 1;
    private const ushort SizesFollow = 8;

    private readonly ReadOnlyMemory<byte> _octets;
    private readonly ZipArchive _archive;
    private readonly Dictionary<ZipArchiveEntry, ZipPlace> _places = [];

    /// <summary>Opens an archive.</summary>
    /// <param name="octets">Its octets, as <see cref="ZipDirectory.Locate"/> found them.</param>
    /// <param name="budget">The budget.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public ZipContents(ReadOnlyMemory<byte> octets, TextBudget budget)
    {
        (_octets, Budget) = (octets, budget);
        _archive = new ZipArchive(octets.AsReadOnlyStream(), ZipArchiveMode.Read);
        var places = ZipDirectory.Places(octets.Span);
        if (places.Count != _archive.Entries.Count)
        {
            budget.Report(Damaged);
        }

        foreach (var (entry, place) in _archive.Entries.Zip(places))
        {
            _places[entry] = place;
        }
    }

    /// <summary>The budget.</summary>
    public TextBudget Budget { get; }

    /// <summary>The entries, in the order of the directory.</summary>
    public IReadOnlyCollection<ZipArchiveEntry> Entries => _archive.Entries;

    /// <summary>An entry by its name; null where there is none.</summary>
    public ZipArchiveEntry? Find(string name) => _archive.GetEntry(name);

    /// <summary>Whether an entry is a folder, or a file with nothing in it.</summary>
    public bool IsEmpty(ZipArchiveEntry entry) => entry.Length == 0 && entry.CompressedLength == 0 && HasItsHeader(entry);

    /// <summary>Opens an entry. Its content may be longer or shorter than the directory says.</summary>
    /// <exception cref="InvalidDataException">It lies outside of the archive, or is of a method that is not known.</exception>
    public Stream Open(ZipArchiveEntry entry)
    {
        if (!HasItsHeader(entry))
        {
            Budget.Report(Damaged);
        }

        return new BoundedStream(new Counted(OpenContent(entry), entry.Length, Budget), Budget, entry.CompressedLength);
    }

    public void Dispose() => _archive.Dispose();

    private Stream OpenContent(ZipArchiveEntry entry)
    {
        if (!_places.TryGetValue(entry, out var place) || place.Method is not (Stored or Deflated))
        {
            // Deflate64 ends where the directory says; who knows what is behind it.
            Budget.Report("an archive of a form that is not read");
            return entry.Open();
        }

        if (Header(place) is not { Length: >= HeaderLength } header)
        {
            throw new InvalidDataException("an entry outside of its archive");
        }

        long start = place.Header + HeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(header.Span[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header.Span[28..]);
        var content = start <= _octets.Length ? _octets[(int)start..] : default;
        var stream = content[..(int)Math.Min(content.Length, place.Compressed)].AsReadOnlyStream();
        return place.Method == Stored ? stream : new DeflateStream(stream, CompressionMode.Decompress);
    }

    // Some programs go by the header before the content, others by the directory: they are to say the same (APPNOTE.TXT 4.3.7).
    private bool HasItsHeader(ZipArchiveEntry entry)
    {
        if (!_places.TryGetValue(entry, out var place) || Header(place) is not { Length: >= HeaderLength } header || place.Compressed != entry.CompressedLength)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(header.Span[6..]);
        uint compressed = BinaryPrimitives.ReadUInt32LittleEndian(header.Span[18..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(header.Span[8..]) == place.Method && ((flags ^ place.Flags) & Encrypted) == 0
            && (compressed == place.Compressed || compressed == uint.MaxValue || (compressed == 0 && (flags & SizesFollow) != 0));
    }

    // Empty where it is none.
    private ReadOnlyMemory<byte> Header(ZipPlace place)
    {
        var header = place.Header <= _octets.Length ? _octets[(int)place.Header..] : default;
        return header.Span.StartsWith("PK\u0003\u0004"u8) ? header : default;
    }

    /// <summary>Reports a content that is not as long as its directory says.</summary>
    private sealed class Counted(Stream inner, long stated, TextBudget budget) : ReadOnlyStream
    {
        private long _read;

        public override int Read(Span<byte> buffer)
        {
            int count = inner.Read(buffer);
            _read += count;
            if (_read > stated || (count == 0 && buffer.Length > 0 && _read != stated))
            {
                budget.Report(Damaged);
            }

            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
