using System.Text;
using PluginMail.Dlp.Text;
using static PluginMail.Connectors.Tests.Dlp.Extraction;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Text out of documents, and what hostile documents cost.</summary>
public sealed class ExtractionTests
{
    private static readonly string Text = new TextGenerator(77).Prose(1200);

    public static TheoryData<string, byte[]> Documents => new()
    {
        { "a.txt", Encoding.UTF8.GetBytes(Text) },
        { "a.txt", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Text)] },
        { "a.html", SampleDocuments.Html(Text) },
        { "a.docx", SampleDocuments.Docx(Text) },
        { "a.pptx", SampleDocuments.Pptx(Text) },
        { "a.xlsx", SampleDocuments.Xlsx(Text) },
        { "a.odt", SampleDocuments.Odt(Text) },
        { "a.pdf", SampleDocuments.Pdf(Text, mapped: false) },
        { "b.pdf", SampleDocuments.Pdf(Text, mapped: true) },
        { "a.eml", SampleDocuments.Mail(Text, attached: true) },
        { "b.eml", SampleDocuments.Mail(Text, attached: false) },
        { "a.zip", SampleDocuments.Zip(("readme.txt", "see there"u8.ToArray()), ("x/a.docx", SampleDocuments.Docx(Text))) },
        { "a.rtf", SampleDocuments.Rtf(Text) },
        { "a.tar", SampleDocuments.Tar(("x/a.docx", SampleDocuments.Docx(Text)), ("empty", [])) },
        { "a.sh", [.. "#!/bin/sh\nexec unzip\n"u8, .. SampleDocuments.Zip(("a.docx", SampleDocuments.Docx(Text)))] },
        { "c.txt", Encoding.BigEndianUnicode.GetBytes(Text) },
        { "d.txt", Encoding.Unicode.GetBytes(Text) },
        { "a.csv", [.. Encoding.UTF8.GetBytes(Text[..200]), 0, .. Encoding.UTF8.GetBytes(Text[200..])] },
        { "c.eml", SampleDocuments.Docx(Text) },
        { "d.eml", SampleDocuments.Pdf(Text, mapped: true) },
        { "e.eml", Encoding.UTF8.GetBytes(Text.Replace("\r\n", "\n", StringComparison.Ordinal)) },
        { "c.pdf", SampleDocuments.Pdf(Text, mapped: true, "/ASCII85Decode", "/FlateDecode") },
        { "d.pdf", SampleDocuments.Pdf(Text, mapped: false, "/AHx", "/Fl") },
        { "e.pdf", SampleDocuments.Pdf(Text, mapped: false, "/LZWDecode") },
        { "b.zip", SampleDocuments.Zip(("a.zip", SampleDocuments.Zip(("a.pdf", SampleDocuments.Pdf(Text, mapped: true))))) },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_form_gives_the_same_words(string name, byte[] document)
    {
        var (words, problem) = Words(document, name);
        Assert.Equal("", problem);
        var expected = Words(Encoding.UTF8.GetBytes(Text), "a.txt").Words;
        double share = (double)expected.Intersect(words).Count() / expected.Count;
        Assert.InRange(share, 0.95, 1);
        Assert.InRange(words.Count, expected.Count * 9 / 10, expected.Count * 11 / 10);
    }

    [Theory]
    [InlineData("<p>con<b>fid</b>ential&nbsp;&amp; &#65;&#x42;C&lt;x", "confidential\u00A0& ABC<x")]
    [InlineData("a<br>b<td>c", "a \nb \nc")]
    [InlineData("a < b && c > d", "a < b && c > d")]
    [InlineData("x<script>var a = '<p>';</script>y<style>z</style>w", "xyw")]
    [InlineData("<!-- a > b --><!DOCTYPE x>t<a title='>'>u</a>", "tu")]
    [InlineData("<b", "")]
    [InlineData("<p don't>secret <i x=a'b>word</i> 's", "secret word 's")]
    [InlineData("<a href = 'x>y' b=\"c>d\">t</a>", "t")]
    [InlineData("<a =\">t</a>", "t")]
    [InlineData("<!-->secret<!-- x -->", "secret")]
    [InlineData("<!--->secret<!-- x --!>y", "secrety")]
    [InlineData("<!x -- >secret<? -- >y", "secrety")]
    [InlineData("&unknown; &", "&unknown; & ")]
    public void Html_is_read_as_browsers_show_it(string html, string text)
    {
        var kept = new Kept();
        var reader = new HtmlText(kept);
        reader.Write(html);
        reader.Break();
        Assert.Equal(text, kept.Text.ToString().TrimEnd('\f').TrimStart(' ', '\n'));
        var pieces = new Kept();
        reader = new HtmlText(pieces);
        foreach (char c in html)
        {
            reader.Write([c]);
        }

        reader.Break();
        Assert.Equal(kept.Text.ToString(), pieces.Text.ToString());
    }

    [Theory]
    [InlineData("windows-1251", "секрет")]
    [InlineData("koi8-r", "секрет")]
    [InlineData("iso-8859-1", "größe")]
    [InlineData("utf-8", "größe")]
    public void Charsets_of_parts_are_obeyed(string charset, string text)
    {
        byte[] octets = (CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset)).GetBytes(text);
        Assert.Equal(text, Read(octets, "", charset).Text);
    }

    [Theory]
    [InlineData("utf-7")]
    [InlineData("unicode-1-1-utf-7")]
    [InlineData("csunicode11utf7")]
    [InlineData("x-unicode-2-0-utf-7")]
    public void Utf_7_is_read_though_the_framework_refuses_it(string charset) => Assert.Equal("секрет", Read("+BEEENQQ6BEAENQRC-"u8.ToArray(), "", charset).Text);

    [Fact]
    public void A_bomb_is_stopped_and_reported()
    {
        byte[] letters = new byte[64 << 20];
        letters.AsSpan().Fill((byte)'a');
        byte[] bomb = SampleDocuments.Zip(("a.txt", letters));
        Assert.NotEqual("", Read(bomb, "a.zip").Problem);
        byte[] nested = Encoding.ASCII.GetBytes("text text text");
        for (int i = 0; i < 6; i++)
        {
            nested = SampleDocuments.Zip(("a.zip", nested));
        }

        Assert.Equal("archives within archives", Read(nested, "a.zip").Problem);
        byte[] many = SampleDocuments.Zip([.. Enumerable.Range(0, 200).Select(i => ($"{i}.txt", "some words here"))]);
        Assert.Equal("an archive that is damaged or has more files than are looked at", Read(many, "a.zip").Problem);
    }

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><w:p xmlns:w=\"w\">&b;</w:p>")]
    [InlineData("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><x/>")]
    [InlineData("<unclosed><p>text")]
    public void Hostile_xml_is_a_damaged_document(string xml) =>
        Assert.Equal("a damaged document", Read(SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("word/document.xml", xml)), "a.docx").Problem);

    [Theory]
    [InlineData("a.txt", "image/png")]
    [InlineData("a.mp3", "audio/mpeg")]
    [InlineData("a", "application/octet-stream")]
    [InlineData("a.eml", "message/rfc822")]
    public void What_a_sender_calls_a_text_makes_no_difference(string name, string mediaType)
    {
        var (text, problem) = Read(Encoding.UTF8.GetBytes("the secret words\r\nand more of them"), name, mediaType: mediaType);
        Assert.Equal("", problem);
        Assert.Contains("the secret words", text, StringComparison.Ordinal);
        Assert.Contains("more of them", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BZh91AY&SY and the secret words")]
    [InlineData("please see %PDF-1.4 and the secret words")]
    [InlineData("%PDF-1.4 and the secret words")]
    [InlineData("Rar! and the secret words")]
    [InlineData("BM and the secret words")]
    [InlineData("GIF89a and the secret words")]
    [InlineData("<html><!-- the secret words")]
    [InlineData("<?xml and the secret words")]
    [InlineData("{\\rtf1{\\*\\x the secret words}}")]
    [InlineData("PK\u0003\u0004 is not all: the secret words are text")]
    public void First_words_of_a_text_do_not_keep_it_from_being_read(string text) =>
        Assert.Contains("the secret words", Read(Encoding.UTF8.GetBytes(text), "", mediaType: "text/plain").Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("4D5A90000300000004000000FFFF0000", "a.exe")]
    [InlineData("789F3E220100069008000400000000000100010001", "winmail.dat")]
    [InlineData("00000000000000000000", "a.png")]
    public void What_nobody_knows_is_reported(string octets, string name) =>
        Assert.Equal("a document of a form that is not read", Read(Convert.FromHexString(octets), name, mediaType: "image/png").Problem);

    [Theory]
    [InlineData("89504E470D0A1A0A0000000D49484452")]
    [InlineData("FFD8FFE000104A464946000101")]
    [InlineData("47494638396101000100800000FFFFFF00000021F904")]
    [InlineData("0000001C667479706D703432")]
    [InlineData("774F463200010000")]
    public void What_has_no_text_is_not(string octets) => Assert.Equal("", Read(Convert.FromHexString(octets), "a", mediaType: "application/octet-stream").Problem);

    [Fact]
    public void An_archive_behind_something_else_is_read_or_reported()
    {
        byte[] zip = SampleDocuments.Zip(("a.txt", "the secret words"));
        var (text, problem) = Read([.. SampleDocuments.Program, .. zip], "a.exe");
        Assert.Contains("the secret words", text, StringComparison.Ordinal);
        Assert.Equal("a document of a form that is not read", problem);
        Assert.Contains("the secret words", Read([.. zip, .. SampleDocuments.Zip(("b.txt", "other words"))], "a.zip").Text, StringComparison.Ordinal);
        byte[] many = [.. Enumerable.Repeat(zip, 3000).SelectMany(octets => octets)];
        Assert.Equal("archives within archives", Read(many, "a.zip").Problem);
        Assert.Equal("an archive behind something else", Read([0xFF, 0xD8, 0xFF, 0xE0, .. new byte[300_000], .. zip], "a.jpg").Problem);
    }

    [Fact]
    public void A_text_that_goes_on_as_something_else_is_reported()
    {
        byte[] other = new byte[50_000];
        new Random(1).NextBytes(other);
        var (text, problem) = Read([.. Encoding.ASCII.GetBytes("the secret words" + new string(' ', 1100)), .. other], "a.txt");
        Assert.Contains("the secret words", text, StringComparison.Ordinal);
        Assert.Equal("a document of a form that is not read", problem);
    }

    [Fact]
    public void A_signature_beside_its_text_is_not_reported_and_one_around_it_is()
    {
        byte[] head = [0x30, 0x82, 1, 0, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2, 0xA0, 0x82, 0, 0xF0, 0x30, 0x82, 0, 0xEC, 2, 1, 1, 0x31, 0];
        byte[] data = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1];
        Assert.Equal("", Read([.. head, 0x30, 11, .. data, 0x31, 0x82, .. new byte[60]], "smime.p7s").Problem);
        Assert.NotEqual("", Read([.. head, 0x30, 80, .. data, 0xA0, 0x82, .. new byte[60]], "smime.p7m").Problem);
    }

    [Fact]
    public void Headers_preamble_and_epilogue_of_a_message_are_read()
    {
        var (text, problem) = Read(
            Encoding.UTF8.GetBytes("garbage line\r\nX-Note: =?utf-8?B?c2VjcmV0?= =?utf-8?q?_w=6Frds?=\r\nContent-Type: multipart/mixed;\r\n boundary*0=4111111111; boundary*1=111111\r\n\r\n" +
                "before\r\n--4111111111111111\r\nContent-Type: text/plain; name*=utf-8''%D1%81.txt\r\n\r\nthe body\r\n--4111111111111111--\r\nbehind"),
            "a.eml");
        Assert.Equal("", problem);
        Assert.All(["garbage line", "secret words", "before", "\u0441.txt", "the body", "behind"], words => Assert.Contains(words, text, StringComparison.Ordinal));
        Assert.DoesNotContain("4111111111111111", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_around_the_parts_of_a_message_is_read()
    {
        var kept = new Kept();
        var around = new SurroundingText(kept);
        around.Take("Subject: one\r\ngarbage two\r\nContent-Type: multipart/mixed; boundary=\"===============4111111111111111\"\r\n\r\nthree\r\n--===============4111111111111111\r\nX-Note: four\r\n\r\n"u8);
        around.Take("\r\n--===============4111111111111111--\r\nfive\r\n"u8);
        string text = kept.Text.ToString();
        Assert.All(["one", "garbage two", "three", "four", "five"], words => Assert.Contains(words, text, StringComparison.Ordinal));
        Assert.DoesNotContain("41111", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Note", text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_an_office_file_has_is_read()
    {
        Assert.Contains("the secret words", Read(SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<x/>"), ("secret.txt", "the secret words")), "a.docx").Text, StringComparison.Ordinal);
        Assert.Contains("the secret words", Read(SampleDocuments.Zip(("content.xml", "<x/>"), ("META-INF/manifest.xml", "<x/>"), ("secret.txt", "the secret words")), "a.odt").Text, StringComparison.Ordinal);
        byte[] inner = SampleDocuments.Docx("the secret words\nthe secret words");
        byte[] outer = SampleDocuments.Zip(
            ("[Content_Types].xml", "<Types/>"u8.ToArray()), ("ppt/slides/slide1.xml", "<x/>"u8.ToArray()), ("ppt/embeddings/a.docx", inner), ("xl/printerSettings/printerSettings1.bin", [1, 0, 2, 0, 3]));
        var (text, problem) = Read(outer, "a.pptx");
        Assert.Contains("the secret words", text, StringComparison.Ordinal);
        Assert.Equal("", problem);
        string renamed = "<worksheet xmlns=\"s\"><c t=\"s\"><v>0</v></c></worksheet>";
        Assert.Contains("the secret words", Read(SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<x/>"), ("xl/sharedStrings.xml", "<sst><si><t>the secret words</t></si></sst>"), ("xl/worksheets/other.xml", renamed)), "a.xlsx").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_office_file_without_a_text_that_is_known_is_reported() => Assert.Equal(
        "an office document of a form that is not read",
        Read(SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("Documents/1/Pages/1.fpage", "<?xml version=\"1.0\"?><Glyphs UnicodeString=\"secret\"/>")), "a.xps").Problem);

    [Fact]
    public void One_damaged_entry_keeps_none_behind_it_from_being_read()
    {
        byte[] zip = SampleDocuments.Zip(("a.txt", new TextGenerator(5).Prose(200)), ("b.txt", "the secret words"));
        zip.AsSpan(40, 40).Fill(0xFF);
        var (text, problem) = Read(zip, "a.zip");
        Assert.Equal("a damaged document", problem);
        Assert.Contains("the secret words", text, StringComparison.Ordinal);
        byte[] office = SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<x><p>unclosed"), ("word/footnotes.xml", "<x>the secret words</x>"));
        Assert.Contains("the secret words", Read(office, "a.docx").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_in_rtf_is_decoded_and_what_is_not_shown_is_left_out()
    {
        string rtf = "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}{\\f1\\fcharset204 Times;}}{\\*\\generator not this;}{\\pict 0102}{\\pict\\bin4 }}}}}con\\b fid\\b0 ential gr\\'f6\\'dfe\\par " +
            "{\\f1 \\'f1\\'e5\\'ea}\\u1088?\\uc2\\u1077 ??\\u1090\\'3f\\'3f!\\~x\\{y\\}\r\nz}";
        Assert.Equal("confidential größe\nсекрет! x{y}z", Read(Encoding.ASCII.GetBytes(rtf), "a.rtf").Text);
        Assert.Equal("a damaged document", Read(Encoding.ASCII.GetBytes("{\\rtf1" + new string('{', 5000)), "a.rtf").Problem);
        Assert.NotEqual("", Read("{\\rtf1{\\object{\\*\\objdata 0105}}}"u8.ToArray(), "a.rtf").Problem);
    }

    [Fact]
    public void Deep_xml_is_a_damaged_document() => Assert.Equal(
        "a damaged document",
        Read(SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("word/document.xml", string.Concat(Enumerable.Repeat("<a>", 100_000)))), "a.docx").Problem);

    [Fact]
    public void What_is_encrypted_or_old_is_said_to_be_unreadable()
    {
        Assert.NotEqual("", Read([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], "a.doc").Problem);
        byte[] pdf = [.. SampleDocuments.Pdf(Text, mapped: false), .. "\ntrailer << /Encrypt 9 0 R >>"u8];
        Assert.Equal("an encrypted document", Read(pdf, "a.pdf").Problem);
        byte[] odt = SampleDocuments.Zip(("content.xml", "<x/>"), ("META-INF/manifest.xml", "<m><encryption-data/></m>"));
        Assert.Equal("an encrypted document", Read(odt, "a.odt").Problem);
        byte[] zip = SampleDocuments.Zip(("a.txt", "words that are hidden"));
        int directory = zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        zip[directory + 8] |= 1;
        zip[6] |= 1;
        Assert.Equal("an encrypted archive", Read(zip, "a.zip").Problem);
        Assert.Equal("", Read([0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 0], "a.png").Problem);
    }

    [Fact]
    public void Damaged_documents_never_throw()
    {
        byte[][] documents = [SampleDocuments.Docx(Text), SampleDocuments.Xlsx(Text), SampleDocuments.Odt(Text), SampleDocuments.Pdf(Text, true), SampleDocuments.Html(Text), SampleDocuments.Mail(Text, true)];
        var random = new Random(5);
        for (int i = 0; i < 1500; i++)
        {
            byte[] damaged = [.. documents[i % documents.Length]];
            for (int change = random.Next(1, 12); change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            Read(i % 3 == 0 ? damaged[..random.Next(damaged.Length)] : damaged, i % documents.Length == 5 ? "a.eml" : "");
        }
    }

    [Fact]
    public void Messages_within_messages_are_bounded()
    {
        static string Nested(int count) => string.Concat(Enumerable.Repeat("Content-Type: message/rfc822\r\n\r\n", count)) + "Subject: x\r\n\r\nthe words";
        Assert.Equal("", Read(Encoding.ASCII.GetBytes(Nested(2)), "a.eml").Problem);
        Assert.Contains("the words", Read(Encoding.ASCII.GetBytes(Nested(2)), "a.eml").Text, StringComparison.Ordinal);
        Assert.Equal("messages within messages", Read(Encoding.ASCII.GetBytes(Nested(3)), "a.eml").Problem);
        string many = "Content-Type: multipart/mixed; boundary=c\r\n\r\n" + string.Concat(Enumerable.Repeat(
            "--c\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + Convert.ToBase64String([0x89, 0x50, 0x4E, 0x47, .. new byte[100_000]]) + "\r\n", 20));
        var budget = new TextBudget(Limits with { MaximumInflated = 1 << 20 }, TimeProvider.System, CancellationToken.None);
        new TextExtractor(budget, new Kept()).Read(new MemoryStream(Encoding.ASCII.GetBytes(many)), "a.eml", "", null);
        Assert.Equal("archives that grow too large", budget.Problem);
    }

    [Fact]
    public void Text_is_bounded()
    {
        var (text, problem) = Read(Encoding.ASCII.GetBytes(new string('x', 5 << 20)), "a.txt");
        Assert.Equal("more text than is looked at", problem);
        Assert.InRange(text.Length, 1 << 20, 4 << 20);
    }

    [Fact]
    public void A_text_of_few_zeros_is_no_utf16()
    {
        Assert.Null(TextOctets.Utf16("one, two\0, three"u8));
        Assert.NotNull(TextOctets.Utf16(Encoding.Unicode.GetBytes("секретный отчёт, и ещё")));
        Assert.Equal("секретный отчёт, и ещё", Read(Encoding.BigEndianUnicode.GetBytes("секретный отчёт, и ещё"), "a.txt").Text);
    }
}
