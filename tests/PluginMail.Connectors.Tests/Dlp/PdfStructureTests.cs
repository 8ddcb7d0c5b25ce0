using System.Text;
using PluginMail.Dlp.Text;
using static PluginMail.Connectors.Tests.Dlp.Extraction;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Files of PDF whose objects are written so that they are overlooked.</summary>
public sealed class PdfStructureTests
{
    private const string Content = "BT (the secret words) Tj ET";
    private const string Page = "1 0 obj << /Type /Page /Contents 4 0 R >> endobj\n";

    // A file that can be read as a text is.
    private static readonly string NoText = new string('\u0001', 50) + "\n";

    [Theory]
    [InlineData(Page + "4 0 obj << /Width 1 >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData(Page + "4 0 obj << /Type /X /Subtype /Image >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("1 0 obj << /Contents [ 9 0 R 4 0 R ] >> endobj 4 0 obj << /FunctionType 4 >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("1 0 obj << /Contents 5 0 R >> endobj 5 0 obj [4 0 R] endobj 4 0 obj << /Length1 4 >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("4 0 obj << /Type /Pattern /PatternType 1 >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("4 0 obj << /Type /XObject /Resources << /A << /Subtype /Image >> >> /Subtype /Form >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("4 0\nobj << >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("4\t0\f\0obj << >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("4 0 obj << /Filt#65r /AH#78 >> stream\n4254202874686520736563726574 20776f7264732920546a204554>\nendstream endobj\n")]
    [InlineData("4 0 obj << /Filter %no\n/AHx >> stream\n4254202874686520736563726574 20776f7264732920546a204554>\nendstream endobj\n")]
    [InlineData("1 0 obj << /Type /Page /#43ontents%x\r4 0 R >> endobj 4 0 obj << /Width 1 >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("4 0 obj << /X << /Filter /DCTDecode >> >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("4 0 obj << /X << /Filter /DCTDecode >> /Filter /AHx >> stream\n4254202874686520736563726574 20776f7264732920546a204554>\nendstream endobj\n")]
    [InlineData("4 0 obj << % endobj stream\n /T (endobj stream) >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("1 0 obj << /Type /X >> 4 0 obj << /Length 27 >> stream\n" + Content + "\nendstream endobj\n")]
    [InlineData("4 0 obj << /Length 5 0 R >> stream\nBT (endstream endobj ) Tj (the secret words) Tj ET\nendstream endobj 5 0 obj 50 endobj\n")]
    [InlineData("4 0 obj << /Length 6 0 R >> stream\nBT (endstream) Tj (the secret words) Tj ET\nendstream endobj\n")]
    public void A_page_shows_its_content_however_its_objects_are_written(string objects) =>
        Assert.Contains("the secret words", Read(Encoding.Latin1.GetBytes("%PDF-1.5\n%" + NoText + objects), "a.pdf").Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("trailer << /Encrypt 9 0 R >>\ntrailer << /T (/Encrypt true) >>\n")]
    [InlineData("trailer << /#45ncrypt 9 0 R >>\n")]
    [InlineData("trailer << /Encrypt%\n9 0 R >>\n")]
    [InlineData("7 0 obj << /Type /XRef /Encryp#74 9 0 R >> stream\nx\nendstream endobj\n")]
    public void An_encrypted_file_is_one_wherever_it_says_so(string trailer)
    {
        Assert.Equal("an encrypted document", Read(Encoding.ASCII.GetBytes("%PDF-1.5\n4 0 obj << >> stream\n" + Content + "\nendstream endobj\n" + trailer), "a.pdf").Problem);
        Assert.Equal("", Read(Encoding.ASCII.GetBytes("%PDF-1.5\n4 0 obj << >> stream\nBT (/Encrypt yes) Tj ET\nendstream endobj\n"), "a.pdf").Problem);
    }

    [Fact]
    public void Objects_of_a_stream_stand_there_in_any_order()
    {
        const string First = "<</Type/Page /Contents 9 0 R>>  ";
        const string Places = "11 32 10 0 12 32 ";
        string content = $"{Places}{First}<< /Width 5 >>";
        string pdf = $"%PDF-1.5\n1 0 obj << /Type /ObjStm /N 3 /First {Places.Length} /Length {content.Length} >> stream\n{content}\nendstream endobj\n";
        var objects = PdfObjects.Find(Encoding.ASCII.GetBytes(pdf), new TextBudget(Limits, TimeProvider.System, CancellationToken.None));
        Assert.Equal(9, objects[10]?.Integer("/Contents"u8));
        Assert.Equal(5, objects[11]?.Integer("/Width"u8));
        Assert.Equal(5, objects[12]?.Integer("/Width"u8));
    }

    [Fact]
    public void A_font_is_found_by_a_name_that_is_written_otherwise() => Assert.Contains(
        "secret",
        Read("%PDF-1.4\n1 0 obj << /Resources << /Font << /F1 2 0 R >> >> >> endobj\n2 0 obj << /Type /Font /ToUnicode 3 0 R >> endobj\n3 0 obj << /CIDInit 1 >> stream\n1 beginbfchar <01> <007300650063007200650074> endbfchar\nendstream endobj\n4 0 obj << >> stream\nBT /F#31 9 Tf <01> Tj ET\nendstream endobj\n"u8.ToArray(), "a.pdf").Text,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("BI ")]
    [InlineData("BI ID ")]
    [InlineData("<<")]
    public void Images_without_an_end_cost_little(string piece)
    {
        string content = string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length)) + "\n" + Content;
        var started = TimeProvider.System.GetTimestamp();
        var kept = new Kept();
        new PdfContent(kept, PdfFonts.Read(PdfObjects.Find("%PDF-1.4"u8.ToArray(), Budget()), Budget())).Run(Encoding.ASCII.GetBytes(content), Budget());
        Assert.Contains("the secret words", kept.Text.ToString(), StringComparison.Ordinal);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("1 0 obj ( endobj ")]
    [InlineData("1 0 obj <<>> stream\nendstream x ")]
    [InlineData("1 0 obj << /Length 2 0 R >> stream\n")]
    [InlineData("1 0 obj << /Contents [1 0 R >> endobj ")]
    [InlineData("trailer # ")]
    [InlineData("1 0 obj [2 0 R] endobj ")]
    public void Objects_without_an_end_cost_little(string piece)
    {
        string pdf = "%PDF-1.4\n" + string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length));
        Assert.DoesNotContain("time", Read(Encoding.ASCII.GetBytes(pdf), "a.pdf").Problem, StringComparison.Ordinal);
    }

    private static TextBudget Budget() => new(Limits, TimeProvider.System, CancellationToken.None);
}
