using System.Xml;

namespace PluginMail.Dlp.Text;

/// <summary>Reads XML as hostile input: no DTD, no entities of its own, nothing from elsewhere, bounded depth.</summary>
internal static class XmlText
{
    private const int MostDepth = 256;

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

    /// <summary>Writes all text; elements that part words in office documents part them.</summary>
    public static void Copy(Stream stream, ITextSink sink, TextBudget budget)
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
                case XmlNodeType.Element or XmlNodeType.EndElement when Parts(xml.LocalName):
                    sink.Write("\n");
                    break;
                default:
                    break;
            }
        }
    }

    private static bool Parts(string name) => name is "p" or "h" or "tab" or "br" or "cr" or "s" or "line-break" or "tc" or "tr" or "table-cell"
        or "table-row" or "list-item" or "page" or "frame" or "noBreakHyphen" or "annotation" or "note";

    private static void WriteValue(XmlReader xml, ITextSink sink, char[] buffer)
    {
        int count;
        while (!sink.IsFull && (count = xml.ReadValueChunk(buffer, 0, buffer.Length)) > 0)
        {
            sink.Write(buffer.AsSpan(0, count));
        }
    }
}
