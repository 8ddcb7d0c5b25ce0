using System.Text;
using PluginMail.Dlp.Text;
using static PluginMail.Connectors.Tests.Dlp.Extraction;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Words out of PDFs, and what hostile ones cost.</summary>
public sealed class PdfExtractionTests
{
    [Fact]
    public void A_filter_of_pdf_that_is_not_known_is_reported() => Assert.Equal(
        "a PDF with a part of a form that is not read",
        Read("%PDF-1.5\n1 0 obj << /Length 3 /Filter [/Secret /FlateDecode] >> stream\nabc\nendstream endobj\n2 0 obj << /Length 14 >> stream\nBT (words) Tj ET\nendstream endobj\n"u8.ToArray(), "a.pdf").Problem);

    [Fact]
    public void Objects_of_a_stream_are_no_longer_than_the_stream()
    {
        // Places that go to and fro: each object would be nearly all of the stream.
        const int Count = 50_000;
        string places = string.Concat(Enumerable.Range(0, Count).Select(i => i % 2 == 0 ? $"{i + 10} 0 " : $"{i + 10} 900000 "));
        byte[] content = Encoding.ASCII.GetBytes(places + new string(' ', 1_000_000));
        byte[] pdf = [.. Encoding.ASCII.GetBytes($"%PDF-1.5\n1 0 obj << /Type /ObjStm /N {Count} /First {places.Length} /Length {content.Length} >> stream\n"), .. content, .. "\nendstream endobj\n"u8];
        var budget = new TextBudget(Limits, TimeProvider.System, CancellationToken.None);
        var objects = PdfObjects.Find(pdf, budget);
        Assert.InRange(objects.All.Count, 2, 10);
        Assert.InRange(objects.All.Sum(item => (long)item.Body.Length), 0, content.Length * 2);
    }

    [Theory]
    [InlineData("(a) Tj 5 0 Td (b) Tj 5 0 Td (c) Tj 7.5 0 Td (d) Tj", "abc d")] // Qt: each letter at its place
    [InlineData("[(a)] TJ 5 0 Td 0 Tw (b) Tj 5 0 Td [-20 (c) 30 (d)] TJ", "abcd")] // groff: a piece before each kern
    [InlineData("1 0 0 1 50 700 Tm (ab) Tj 1 0 0 1 60 700 Tm (c) Tj 1 0 0 1 70 700 Tm (d) Tj", "abc d")]
    [InlineData("(ab) Tj ET BT 10 0 Td (c) Tj 0 -12 Td (d) Tj", "abc d")]
    [InlineData("(ab) Tj ET Q q BT 10 0 Td (c) Tj", "ab c")] // other coordinates
    [InlineData("1 Tc (a) Tj 6 0 Td (b) Tj 50 Tz 0 Tc 6 0 Td (c) Tj 2.5 0 Td (d) Tj", "abcd")]
    [InlineData("(a) Tj 2.5 Tc 5 0 Td (bc) Tj 0 Tc 12.5 0 Td (d) Tj", "ab cd")] // Ghostscript
    [InlineData("2.5 Tc (abcd) Tj", "abcd")]
    [InlineData("(abc) Tj -15 0 Td (d) Tj", "abc d")]
    [InlineData("(a) Tj 5 0 Td (z) Tj 5 0 Td (b) Tj", "az b")] // z has no width that is said
    [InlineData("(a) Tj T* (b) Tj (c) ' (d) Tj", "a b cd")]
    public void A_word_of_a_pdf_ends_where_its_letters_leave_a_gap(string content, string expected)
    {
        const string Head = "%PDF-1.4\n1 0 obj << /Resources << /Font << /F1 2 0 R >> >> >> endobj\n";
        string simple = $"{Head}2 0 obj << /Type /Font /Subtype /Type1 /FirstChar 97 /Widths [500 500 500 500] >> endobj\n3 0 obj << >> stream\nBT /F1 10 Tf {content} ET\nendstream endobj\n";
        Assert.Equal(expected, Read(Encoding.ASCII.GetBytes(simple), "a.pdf").Text.Trim().ReplaceLineEndings(" "));
    }

    [Theory]
    [InlineData("[ /ASCII85Decode /FlateDecode ]", """Garg^;:'MC<%p.*#Y@tA85)WV8C:BBa\m'e!<?"Q#&4""")] // ReportLab
    [InlineData("/ASCII85Decode", """6<#'\7PQ#?0Ha>,+=LZ-@j#;2+B3(u78s""")]
    public void Streams_in_ASCII85_are_read(string filter, string stream) =>
        Assert.Equal("abc d", Read(Encoding.ASCII.GetBytes($"%PDF-1.4\n1 0 obj << /Filter {filter} >> stream\n{stream.Insert(20, "\n")}~>\nendstream endobj\n"), "a.pdf").Text.Trim());

    [Fact]
    public void Widths_of_composite_fonts_and_in_objects_of_their_own_are_read()
    {
        const string Pdf = "%PDF-1.4\n1 0 obj << /Resources << /Font << /F1 2 0 R >> >> >> endobj\n" +
            "2 0 obj << /Type /Font /Subtype /Type0 /DescendantFonts [4 0 R] /ToUnicode 3 0 R >> endobj\n" +
            "3 0 obj << >> stream\n1 beginbfrange <0001> <0004> <0061> endbfrange\nendstream endobj\n" +
            "4 0 obj << /Type /Font /DW 700 /W 5 0 R >> endobj\n5 0 obj [1 [500 600] 3 3 800] endobj\n" +
            "6 0 obj << >> stream\nBT /F1 10 Tf <0001> Tj 5 0 Td <0002> Tj 6 0 Td <0003> Tj 8 0 Td <0004> Tj 7 0 Td <0001> Tj 8 0 Td <0002> Tj ET\nendstream endobj\n";
        Assert.Equal("abcda b", Read(Encoding.ASCII.GetBytes(Pdf), "a.pdf").Text.Trim());
    }

    [Fact]
    public void Hostile_pdf_content_ends()
    {
        foreach (string content in (string[])[new string('(', 200_000), new string('<', 200_000), string.Concat(Enumerable.Repeat("1 0 obj stream ", 20_000)),
            string.Concat(Enumerable.Repeat("1 0 obj << /Type /ObjStm /N 99999999 /First 3 >> stream\n1 1 1 endstream endobj ", 2000)),
            "1 0 obj <<>> stream\nBT " + new string('[', 100_000) + " TJ"])
        {
            Read(Encoding.ASCII.GetBytes("%PDF-1.4 " + content), "a.pdf");
        }
    }

    [Fact]
    public void A_font_that_maps_every_code_again_and_again_costs_little()
    {
        string map = "1 beginbfrange\n" + string.Concat(Enumerable.Repeat("<0000> <fffe> <41>\n", 50_000)) + "endbfrange";
        string pdf = "%PDF-1.4\n1 0 obj << /Resources << /Font << /F1 2 0 R >> >> >> endobj\n2 0 obj << /Type /Font /Subtype /Type0 /ToUnicode 3 0 R >> endobj\n" +
            $"3 0 obj << /Length {map.Length} >> stream\n{map}\nendstream endobj\n";
        Assert.DoesNotContain("time", Read(Encoding.ASCII.GetBytes(pdf), "a.pdf").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_stream_with_places_beyond_its_end_is_no_fault() =>
        Read("%PDF-1.5\n1 0 obj << /Type /ObjStm /N 1 /First 15 >> stream\n7 2147483647    x\nendstream endobj\n"u8.ToArray(), "a.pdf");
}
