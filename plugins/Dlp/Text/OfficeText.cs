using System.Collections;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace PluginMail.Dlp.Text;

/// <summary>The text of office documents: WordprocessingML, SpreadsheetML and PresentationML (ECMA-376), OpenDocument (ISO 26300).</summary>
internal static class OfficeText
{
    private const int MostSharedStrings = 1_000_000;

    /// <summary>Reads the parts of a document whose text has an order or a form of its own; all else in it is read as in any archive.</summary>
    /// <returns>What was read, or has no text; nothing of an archive that is no office document.</returns>
    public static HashSet<ZipArchiveEntry> Read(ZipContents archive, ITextSink sink)
    {
        if (archive.Find("[Content_Types].xml") is not null)
        {
            return ReadPackage(archive, sink);
        }

        return archive.Find("content.xml") is { } content && archive.Find("META-INF/manifest.xml") is { } manifest
            ? ReadOpenDocument(archive, content, manifest, sink)
            : [];
    }

    private static HashSet<ZipArchiveEntry> ReadPackage(ZipContents archive, ITextSink sink)
    {
        var budget = archive.Budget;
        if (!archive.Entries.Any(entry => IsMainPart(entry.FullName)))
        {
            budget.Report("an office document of a form that is not read");
        }

        HashSet<ZipArchiveEntry> read = [];
        var texts = Ordered(archive.Entries.Where(entry => IsTextPart(entry.FullName)));
        Read(archive, texts, read, stream => XmlText.Copy(stream, isOffice: true, sink, budget), sink);
        var masters = Ordered(archive.Entries.Where(entry => IsMaster(entry.FullName)));
        Read(archive, masters, read, stream => XmlText.CopyMaster(stream, sink, budget), sink);
        if (archive.Find("xl/workbook.xml") is { } workbook)
        {
            Read(archive, [workbook], read, stream => XmlText.Copy(stream, isOffice: null, sink, budget, SheetName), sink);
            ReadSheets(archive, read, sink);
        }

        var pivots = Ordered(archive.Entries.Where(entry => Begins(entry.FullName, "xl/pivotCache/") && entry.FullName.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)));
        Read(archive, pivots, read, stream => XmlText.Copy(stream, isOffice: false, sink, budget, PivotValue), sink);
        return read;
    }

    private static HashSet<ZipArchiveEntry> ReadOpenDocument(
        ZipContents archive, ZipArchiveEntry content, ZipArchiveEntry manifest, ITextSink sink)
    {
        var budget = archive.Budget;
        bool isEncrypted = true;
        HashSet<ZipArchiveEntry> read = [];
        Read(archive, [manifest], read, stream => isEncrypted = IsEncrypted(stream, budget), sink);
        if (isEncrypted)
        {
            budget.Report("an encrypted document");
            return [.. archive.Entries];
        }

        // The text, then headers and footers.
        bool isSpreadsheet = false;
        string? TableName(XmlReader xml)
        {
            isSpreadsheet |= xml.LocalName == "spreadsheet";
            return isSpreadsheet && xml.LocalName == "table" ? xml.GetAttribute("name", xml.NamespaceURI) : null;
        }

        Read(archive, Present(content, archive.Find("styles.xml")), read, stream => XmlText.Copy(stream, isOffice: true, sink, budget, TableName), sink);
        Read(archive, Present(archive.Find("settings.xml")), read, stream => XmlText.CopySettings(stream, sink, budget), sink);
        return read;
    }

    private static string? SheetName(XmlReader xml) => xml.LocalName == "sheet" ? xml.GetAttribute("name") : null;

    // A copy of the rows that a pivot table shows: columns, and values; x is the place of one that stands elsewhere.
    private static string? PivotValue(XmlReader xml) => xml.LocalName switch
    {
        "x" => null,
        "cacheField" => xml.GetAttribute("name"),
        _ => xml.GetAttribute("v"),
    };

    private static IEnumerable<ZipArchiveEntry> Present(params ZipArchiveEntry?[] entries) => entries.OfType<ZipArchiveEntry>();

    private static bool IsMainPart(string name) => Begins(name, "word/document") || Begins(name, "xl/workbook.xml") || Begins(name, "ppt/slides/")
        || Begins(name, "ppt/presentation.xml") || Begins(name, "visio/document.xml");

    private static bool IsTextPart(string name) => name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
        && (Begins(name, "word/document") || Begins(name, "word/header") || Begins(name, "word/footer") || Begins(name, "word/footnotes")
            || Begins(name, "word/endnotes") || Begins(name, "word/comments") || Begins(name, "ppt/slides/") || Begins(name, "ppt/notesSlides/")
            || Begins(name, "ppt/comments") || Begins(name, "xl/comments") || Begins(name, "xl/drawings/") || Begins(name, "docProps/core"));

    private static bool IsMaster(string name) => name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase)
        && (Begins(name, "ppt/slideMasters/") || Begins(name, "ppt/slideLayouts/") || Begins(name, "ppt/notesMasters/") || Begins(name, "ppt/handoutMasters/"));

    private static bool Begins(string name, string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    // slide2 before slide10
    private static IEnumerable<ZipArchiveEntry> Ordered(IEnumerable<ZipArchiveEntry> entries) =>
        entries.OrderBy(entry => entry.FullName.Length).ThenBy(entry => entry.FullName, StringComparer.Ordinal);

    // A damaged part is reported, and those behind it are read.
    private static void Read(
        ZipContents archive, IEnumerable<ZipArchiveEntry> entries, HashSet<ZipArchiveEntry> read, Action<Stream> reader, ITextSink sink)
    {
        foreach (var entry in entries)
        {
            read.Add(entry);
            if (sink.IsFull || !archive.Budget.TakeEntry())
            {
                return;
            }

            archive.Budget.Attempt(() =>
            {
                using var stream = archive.Open(entry);
                reader(stream);
            });
            sink.Break();
        }
    }

    private static bool IsEncrypted(Stream manifest, TextBudget budget)
    {
        using var xml = XmlText.Open(manifest, budget);
        while (XmlText.Next(xml))
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "encryption-data")
            {
                return true;
            }
        }

        return false;
    }

    private static void ReadSheets(ZipContents archive, HashSet<ZipArchiveEntry> read, ITextSink sink)
    {
        var budget = archive.Budget;
        List<string> shared = [];
        Read(archive, Present(archive.Find("xl/sharedStrings.xml")), read, stream => ReadSharedStrings(stream, shared, budget), sink);
        var shown = new BitArray(shared.Count);
        var sheets = Ordered(archive.Entries.Where(entry => Begins(entry.FullName, "xl/worksheets/sheet")));
        Read(archive, sheets, read, stream => ReadSheet(stream, shared, shown, sink, budget), sink);

        // A sheet by another name has them, or none.
        for (int i = 0; i < shared.Count && !sink.IsFull; i++)
        {
            sink.Write(shown[i] ? "" : shared[i]);
            sink.Write(shown[i] ? "" : "\n");
        }

        sink.Break();
    }

    private static void ReadSharedStrings(Stream stream, List<string> strings, TextBudget budget)
    {
        using var xml = XmlText.Open(stream, budget);
        var text = new StringBuilder();
        while (strings.Count < MostSharedStrings && XmlText.Next(xml))
        {
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                text.Append(xml.Value);
            }
            else if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName == "si")
            {
                strings.Add(text.ToString());
                text.Clear();
            }
        }

        if (strings.Count == MostSharedStrings)
        {
            budget.Report("more text than is looked at");
        }
    }

    private static void ReadSheet(Stream stream, List<string> shared, BitArray shown, ITextSink sink, TextBudget budget)
    {
        using var xml = XmlText.Open(stream, budget);
        bool isShared = false;
        bool isFormula = false;
        while (!sink.IsFull && XmlText.Next(xml))
        {
            if (xml.NodeType == XmlNodeType.Element)
            {
                isShared = xml.LocalName == "c" ? xml.GetAttribute("t") == "s" : isShared;
                isFormula = xml.LocalName == "f" && !xml.IsEmptyElement;
            }
            else if (xml.NodeType == XmlNodeType.EndElement)
            {
                isFormula = false;
                sink.Write(xml.LocalName switch { "c" or "f" => "\t", "row" => "\n", _ => "" });
            }
            else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                int number = isShared && !isFormula && int.TryParse(xml.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : -1;
                bool isPlace = number >= 0 && number < shared.Count;
                sink.Write(isPlace ? shared[number] : xml.Value);
                if (isPlace)
                {
                    shown[number] = true;
                }
            }
        }
    }
}
