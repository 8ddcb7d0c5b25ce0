using System.Globalization;
using System.Xml;

namespace PluginMail.Dlp.Text;

/// <summary>Reads XML as hostile input: no DTD, no entities of its own, nothing from elsewhere, bounded depth.</summary>
internal static class XmlText
{
    private const int MostDepth = 256;
    private const int LongestNumber = 11;

    /// <summary>Opens a reader.</summary>
    public static XmlReader Open(Stream stream, TextBudget budget) => XmlReader.Create(stream, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = budget.Limits.MaximumInflated,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CheckCharacters = false,
    });

    /// <summary>Moves on.</summary>
    /// <exception cref="XmlException">It is malformed or too deep.</exception>
    public static bool Next(XmlReader xml) => xml.Read()
        && (xml.Depth <= MostDepth ? true : throw new XmlException("too deep"));

    /// <summary>Writes all text. In office documents some elements part words; in others, all do.</summary>
    /// <param name="stream">The document.</param>
    /// <param name="isOffice">Whether it is a part of an office document; null where its root says.</param>
    /// <param name="sink">Takes the text.</param>
    /// <param name="budget">The budget.</param>
    /// <param name="attribute">The attribute of an element that is text; null where it has none.</param>
    public static void Copy(Stream stream, bool? isOffice, ITextSink sink, TextBudget budget, Func<XmlReader, string?>? attribute = null)
    {
        using var xml = Open(stream, budget);
        char[] buffer = new char[4096];
        while (!sink.IsFull && Next(xml))
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    WriteValue(xml, sink, buffer);
                    break;
                case XmlNodeType.Element or XmlNodeType.EndElement:
                    isOffice ??= IsOffice(xml.NamespaceURI);
                    sink.Write(isOffice == false || Parts(xml.LocalName) ? "\n" : "");
                    if (attribute is not null && xml.NodeType == XmlNodeType.Element && attribute(xml) is { Length: > 0 } text)
                    {
                        sink.Write(text);
                        sink.Write("\n");
                    }

                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Writes the text of a master of slides: not what stands where a slide has its own, for programs write that.</summary>
    public static void CopyMaster(Stream stream, ITextSink sink, TextBudget budget)
    {
        using var xml = Open(stream, budget);
        bool isPlaceholder = false;
        while (!sink.IsFull && Next(xml))
        {
            if (xml.NodeType is XmlNodeType.Element or XmlNodeType.EndElement)
            {
                isPlaceholder = xml.LocalName == "ph" || (isPlaceholder && xml.LocalName != "sp");
                sink.Write(Parts(xml.LocalName) ? "\n" : "");
            }
            else if (!isPlaceholder && xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                sink.Write(xml.Value);
            }
        }
    }

    /// <summary>Writes the settings that a program keeps in a document, without numbers and switches: those are alike in all documents.</summary>
    public static void CopySettings(Stream stream, ITextSink sink, TextBudget budget)
    {
        using var xml = Open(stream, budget);
        while (!sink.IsFull && Next(xml))
        {
            bool isWord = xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && xml.Value is not ("true" or "false")
                && (xml.Value.Length > LongestNumber || !double.TryParse(xml.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
            sink.Write(isWord ? xml.Value : "");
            sink.Write(isWord ? "\n" : "");
        }
    }

    /// <summary>Writes what a metadata packet (ISO 16684-1) says of its document's content: of the program and its times nothing. One that is damaged nobody shows.</summary>
    public static void CopyMetadata(Stream stream, ITextSink sink, TextBudget budget)
    {
        int told = -1;
        try
        {
            using var xml = Open(stream, budget);
            while (!sink.IsFull && Next(xml))
            {
                if (xml.NodeType == XmlNodeType.Element)
                {
                    told = told >= 0 && xml.Depth > told ? told : IsOfContent(xml.LocalName) ? xml.Depth : -1;
                    while (xml.MoveToNextAttribute())
                    {
                        sink.Write(IsOfContent(xml.LocalName) ? xml.Value + "\n" : "");
                    }
                }
                else if (told >= 0 && xml.Depth > told && xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                {
                    sink.Write(xml.Value);
                    sink.Write("\n");
                }
            }
        }
        catch (XmlException)
        {
            // What came before stays.
        }

        sink.Break();
    }

    private static bool IsOfContent(string name) =>
        name is "title" or "description" or "subject" or "creator" or "Keywords" or "Headline" or "Instructions" or "Title" or "Subject";

    private static bool IsOffice(string space) => space.Contains("wordprocessingml", StringComparison.Ordinal)
        || space.Contains("drawingml", StringComparison.Ordinal) || space.Contains("presentationml", StringComparison.Ordinal)
        || space.Contains(":opendocument:", StringComparison.Ordinal);

    private static bool Parts(string name) => name is "p" or "h" or "tab" or "br" or "cr" or "s" or "line-break" or "tc" or "tr" or "table-cell"
        or "table-row" or "list-item" or "page" or "frame" or "noBreakHyphen" or "annotation" or "note" or "v" or "pt"
        or "title" or "subject" or "creator" or "lastModifiedBy" or "description" or "keywords" or "category";

    private static void WriteValue(XmlReader xml, ITextSink sink, char[] buffer)
    {
        int count;
        while (!sink.IsFull && (count = xml.ReadValueChunk(buffer, 0, buffer.Length)) > 0)
        {
            sink.Write(buffer.AsSpan(0, count));
        }
    }
}
