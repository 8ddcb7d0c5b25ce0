using System.Text;
using static PluginMail.Connectors.Tests.Dlp.Extraction;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>What a PDF has beside the text of its pages.</summary>
public sealed class PdfBesidePagesTests
{
    private const string Secret = "the secret words";
    private const string Page = "1 0 obj << /Type /Page /Contents 2 0 R >> endobj 2 0 obj << >> stream\nBT (a page) Tj ET\nendstream endobj\n";

    [Theory]
    [InlineData("4 0 obj << /FT /Tx /T (name) /V (the secret words) >> endobj")]
    [InlineData("4 0 obj << /V [ (other) (the secret words) ] >> endobj")]
    [InlineData("4 0 obj << /V 5 0 R >> endobj 5 0 obj (the secret words) endobj")]
    [InlineData("3 0 obj << /XFA 5 0 R >> endobj 4 0 obj << /V 5 0 R >> endobj 5 0 obj (the secret words) endobj")]
    [InlineData("4 0 obj << /V 5 0 R >> endobj 5 0 obj << >> stream\nthe secret words\nendstream endobj")]
    [InlineData("4 0 obj << /Subtype /Text /Contents (the\\040sec\\162et words) >> endobj")]
    [InlineData("4 0 obj << /Subtype /Text /Contents <74686520736563726574 20776F726473> >> endobj")]
    [InlineData("4 0 obj << /RC (<body><p>the <b>sec</b>ret words</p></body>) >> endobj")]
    [InlineData("4 0 obj << /Title <FEFF007400680065002000730065006300720065007400200077006F007200640073> /Next 5 0 R >> endobj")]
    [InlineData("4 0 obj << /Subject <EFBBBF7468652073656372657420776F726473> >> endobj")]
    [InlineData("4 0 obj << /X [ 1 0 R ] /Key#77ords(the secret words) >> endobj")]
    [InlineData("4 0 obj << /Type /Filespec /UF (the secret words) >> endobj")]
    [InlineData("4 0 obj << /Type /ObjStm /N 1 /First 4 >> stream\n5 0 << /V (the secret words) >>\nendstream endobj")]
    [InlineData("4 0 obj << /Type /Metadata /Subtype /XML >> stream\n<?xpacket begin=\"x\"?><x xmlns:dc=\"d\"><dc:title><a><b>the secret words</b></a></dc:title></x><?xpacket end='w'?>   \nendstream endobj")]
    [InlineData("4 0 obj << /Type /Metadata /Subtype /XML >> stream\n<x xmlns:pdf=\"d\" pdf:Keywords=\"the secret words\"/>\nendstream endobj")]
    public void Values_notes_and_titles_are_read(string objects)
    {
        var (text, problem) = Read(Encoding.Latin1.GetBytes($"%PDF-1.7\n%{NoText}{Page}{objects}\n"), "a.pdf");
        Assert.Contains(Secret, text, StringComparison.Ordinal);
        Assert.Equal("", problem);
    }

    [Fact]
    public void Marks_of_titles_are_those_of_PDF() =>
        Assert.Contains("„größe” … €", Read([.. "%PDF-1.7\n"u8, .. Encoding.ASCII.GetBytes(Page), .. "3 0 obj << /Title <8C6772F6DF658E20832 0A0> >> endobj"u8], "a.pdf").Text, StringComparison.Ordinal);

    [Fact]
    public void The_octets_of_a_signature_are_no_text() =>
        Assert.DoesNotContain("AAAAAAAA", Read(Encoding.ASCII.GetBytes($"%PDF-1.7\n%{NoText}{Page}3 0 obj << /Type /Sig /Contents <3082{new string('4', 400).Replace("4", "41", StringComparison.Ordinal)}> >> endobj"), "a.pdf").Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("4 0 obj << /Type /EmbeddedFile /Length {0} >> stream\n")]
    [InlineData("3 0 obj << /Type /Filespec /EF << /F 4 0 R /UF 4 0 R >> >> endobj 4 0 obj << /Length {0} >> stream\n")]
    [InlineData("3 0 obj << /EF 5 0 R >> endobj 5 0 obj << /F 4 0 R >> endobj 4 0 obj << /Length {0} >> stream\n")]
    public void Attached_files_are_read_as_files(string stream)
    {
        byte[] file = SampleDocuments.Docx(Secret);
        byte[] pdf = Pdf(stream, file);
        Assert.Equal("", Read(pdf, "a.pdf").Problem);
        Assert.Contains(Secret, Read(pdf, "a.pdf").Text, StringComparison.Ordinal);
        Assert.Equal("a document of a form that is not read", Read(Pdf(stream, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[600]]), "a.pdf").Problem);
    }

    [Fact]
    public void Attached_files_are_bounded()
    {
        byte[] nested = Encoding.ASCII.GetBytes(Secret);
        for (int i = 0; i < 5; i++)
        {
            nested = Pdf("4 0 obj << /Type /EmbeddedFile /Length {0} >> stream\n", nested);
        }

        Assert.Equal("archives within archives", Read(nested, "a.pdf").Problem);
        string many = string.Concat(Enumerable.Range(10, 200).Select(i => $"{i} 0 obj << /Type /EmbeddedFile >> stream\nwords\nendstream endobj\n"));
        Assert.Equal("more files in archives than are looked at", Read(Encoding.ASCII.GetBytes("%PDF-1.7\n" + Page + many), "a.pdf").Problem);
        Assert.Equal(
            "a PDF with a part of a form that is not read",
            Read(Encoding.ASCII.GetBytes($"%PDF-1.7\n{Page}4 0 obj << /Type /EmbeddedFile /Filter /Crypt >> stream\nwords\nendstream endobj\n"), "a.pdf").Problem);
    }

    [Theory]
    [InlineData("3 0 obj << /XFA 4 0 R >> endobj 4 0 obj << >> stream\n<xdp><d>the secret</d><d>words</d></xdp>\nendstream endobj")]
    [InlineData("3 0 obj << /XFA [ (preamble) 4 0 R (datasets) 5 0 R (postamble) 6 0 R ] >> endobj 4 0 obj << >> stream\n<xdp>\nendstream endobj 5 0 obj << >> stream\n<d>the secret</d><d>words</d>\nendstream endobj 6 0 obj << >> stream\n</xdp>\nendstream endobj")]
    [InlineData("3 0 obj << /XFA 7 0 R >> endobj 7 0 obj [ (preamble) 4 0 R (datasets) 5 0 R ] endobj 4 0 obj << >> stream\n<xdp>\nendstream endobj 5 0 obj << >> stream\n<d>the secret</d><d>words</d></xdp>\nendstream endobj")]
    public void Forms_of_XML_are_read(string objects)
    {
        var (text, problem) = Read(Encoding.Latin1.GetBytes($"%PDF-1.7\n%{NoText}{Page}{objects}\n"), "a.pdf");
        Assert.Contains(Secret, text.ReplaceLineEndings(" ").Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("", problem);
    }

    [Fact]
    public void A_title_does_not_make_a_scan_readable() =>
        Assert.Equal("a PDF without text that can be read", Read(Encoding.ASCII.GetBytes($"%PDF-1.7\n%{NoText}4 0 obj << /Title (a scan) >> endobj"), "a.pdf").Problem);

    [Theory]
    [InlineData("{0} 0 obj << /EF {1} 0 R >> endobj ")]
    [InlineData("{0} 0 obj << /XFA [ {1} 0 R ] >> endobj ")]
    [InlineData("{0} 0 obj [ {1} 0 R ] endobj 1 0 obj << /XFA [ {0} 0 R ] /V {0} 0 R >> endobj ")]
    [InlineData("<< /EF << /EF << /V [ ")]
    [InlineData("/V ( ")]
    [InlineData("{0} 0 obj << /V [ < ")]
    public void Values_without_an_end_cost_little(string piece)
    {
        string pdf = "%PDF-1.7\n1 0 obj " + string.Concat(Enumerable.Range(1, (1 << 20) / (piece.Length + 6)).Select(i =>
            piece.Replace("{0}", $"{i}", StringComparison.Ordinal).Replace("{1}", $"{i + 1}", StringComparison.Ordinal)));
        long started = TimeProvider.System.GetTimestamp();
        Read(Encoding.ASCII.GetBytes(pdf), "a.pdf");
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    // A file that can be read as a text is.
    private static string NoText => new string('\u0001', 80) + "\n";

    private static byte[] Pdf(string stream, byte[] file) =>
    [
        .. Encoding.Latin1.GetBytes($"%PDF-1.7\n%{NoText}{Page}{stream.Replace("{0}", $"{file.Length}", StringComparison.Ordinal)}"), .. file, .. "\nendstream endobj\n"u8,
    ];
}
