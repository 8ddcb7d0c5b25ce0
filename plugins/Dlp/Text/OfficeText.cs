using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;

namespace PluginMail.Dlp.Text;

/// <summary>The text of office documents: WordprocessingML, SpreadsheetML and PresentationML (ECMA-376), OpenDocument (ISO 26300).</summary>
internal static class OfficeText
{
    private const int MostSharedStrings = 1_000_000;

    /// <summary>Reads a document where an archive is one.</summary>
    /// <returns>False where it is an archive of something else.</returns>
    public static bool TryRead(ZipArchive archive, ITextSink sink, TextBudget budget)
    {
        if (archive.GetEntry("[Content_Types].xml") is not null)
        {
            bool isSheet = archive.GetEntry("xl/workbook.xml") is not null;
            foreach (var entry in Ordered(archive.Entries.Where(entry => IsTextPart(entry.FullName))))
            {
                Copy(entry, sink, budget);
            }

            if (isSheet)
            {
                ReadSheets(archive, sink, budget);
            }

            return true;
        }

        if (archive.GetEntry("content.xml") is { } content && archive.GetEntry("META-INF/manifest.xml") is { } manifest)
        {
            if (IsEncrypted(manifest, budget))
            {
                budget.Report("an encrypted document");
                return true;
            }

            Copy(content, sink, budget);
            if (archive.GetEntry("styles.xml") is { } styles)
            {
                Copy(styles, sink, budget); // headers and footers
            }

            return true;
        }

        return false;
    }

    private static bool IsTextPart(string name) => name.EndsWith(".xml", StringComparison.OrdinalIgnoreCase) && !name.Contains("/_rels/", StringComparison.Ordinal)
        && (Begins(name, "word/document") || Begins(name, "word/header") || Begins(name, "word/footer") || Begins(name, "word/footnotes")
            || Begins(name, "word/endnotes") || Begins(name, "word/comments") || Begins(name, "ppt/slides/") || Begins(name, "ppt/notesSlides/")
            || Begins(name, "ppt/comments") || Begins(name, "xl/comments") || Begins(name, "xl/drawings/") || Begins(name, "docProps/core"));

    private static bool Begins(string name, string start) => name.StartsWith(start, StringComparison.OrdinalIgnoreCase);

    // slide2 before slide10
    private static IEnumerable<ZipArchiveEntry> Ordered(IEnumerable<ZipArchiveEntry> entries) =>
        entries.OrderBy(entry => entry.FullName.Length).ThenBy(entry => entry.FullName, StringComparer.Ordinal);

    private static void Copy(ZipArchiveEntry entry, ITextSink sink, TextBudget budget)
    {
        if (budget.TakeEntry())
        {
            using var stream = new BoundedStream(entry.Open(), budget, entry.CompressedLength);
            XmlText.Copy(stream, sink, budget);
            sink.Break();
        }
    }

    private static bool IsEncrypted(ZipArchiveEntry manifest, TextBudget budget)
    {
        using var stream = new BoundedStream(manifest.Open(), budget, manifest.CompressedLength);
        using var xml = XmlText.Open(stream, budget);
        while (XmlText.Next(xml))
        {
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "encryption-data")
            {
                return true;
            }
        }

        return false;
    }

    private static void ReadSheets(ZipArchive archive, ITextSink sink, TextBudget budget)
    {
        var shared = ReadSharedStrings(archive, budget);
        foreach (var entry in Ordered(archive.Entries.Where(entry => Begins(entry.FullName, "xl/worksheets/sheet"))))
        {
            if (budget.TakeEntry())
            {
                using var stream = new BoundedStream(entry.Open(), budget, entry.CompressedLength);
                ReadSheet(stream, shared, sink, budget);
                sink.Break();
            }
        }
    }

    private static List<string> ReadSharedStrings(ZipArchive archive, TextBudget budget)
    {
        List<string> strings = [];
        if (archive.GetEntry("xl/sharedStrings.xml") is not { } entry || !budget.TakeEntry())
        {
            return strings;
        }

        using var stream = new BoundedStream(entry.Open(), budget, entry.CompressedLength);
        using var xml = XmlText.Open(stream, budget);
        var text = new StringBuilder();
        while (strings.Count < MostSharedStrings && XmlText.Next(xml))
        {
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace)
            {
                text.Append(xml.Value);
            }
            else if (xml.NodeType == XmlNodeType.EndElement && xml.LocalName == "si")
            {
                strings.Add(text.ToString());
                text.Clear();
            }
        }

        return strings;
    }

    private static void ReadSheet(Stream stream, List<string> shared, ITextSink sink, TextBudget budget)
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
                sink.Write(xml.LocalName switch { "c" => "\t", "row" => "\n", _ => "" });
            }
            else if (xml.NodeType == XmlNodeType.Text && !isFormula)
            {
                sink.Write(!isShared ? xml.Value
                    : int.TryParse(xml.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < shared.Count ? shared[number]
                    : "");
            }
        }
    }
}
