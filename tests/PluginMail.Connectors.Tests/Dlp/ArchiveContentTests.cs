using System.Buffers.Binary;
using System.Text;
using static PluginMail.Connectors.Tests.Dlp.Extraction;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Archives, office documents and messages that say less than is in them.</summary>
public sealed class ArchiveContentTests
{
    private const string Secret = "the secret words";
    private const string Damaged = "a damaged document";

    [Theory]
    [InlineData("a.zip", 10)]
    [InlineData("a.zip", 0)]
    [InlineData("a.docx", 10)]
    [InlineData("a.docx", 0)]
    [InlineData("a.xlsx", 10)]
    [InlineData("a.xlsx", 0)]
    public void An_entry_is_read_to_its_end_whatever_the_directory_says(string name, uint length)
    {
        string text = string.Concat(Enumerable.Repeat("other words stand here\n", 40)) + Secret;
        byte[] zip = name switch
        {
            "a.docx" => SampleDocuments.Docx(text),
            "a.xlsx" => SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<x/>"), ("xl/sharedStrings.xml", $"<sst><si><t>{text}</t></si></sst>")),
            _ => SampleDocuments.Zip(("a.txt", text)),
        };
        ForEachEntry(zip, entry => BinaryPrimitives.WriteUInt32LittleEndian(zip.AsSpan(entry + 24), length));
        var (read, problem) = Read(zip, name);
        Assert.Contains(Secret, read, StringComparison.Ordinal);
        Assert.Equal(Damaged, problem);
    }

    [Fact]
    public void A_header_that_contradicts_the_directory_is_reported()
    {
        byte[] zip = SampleDocuments.Zip(("a.txt", Secret));
        Assert.Equal("", Read(zip, "a.zip").Problem);
        byte[] method = [.. zip];
        method[8] = 0;
        Assert.Equal(Damaged, Read(method, "a.zip").Problem);
        byte[] hidden = [.. zip];
        ForEachEntry(hidden, entry => hidden.AsSpan(entry + 20, 8).Clear());
        Assert.Equal(Damaged, Read(hidden, "a.zip").Problem);
    }

    [Theory]
    [InlineData("xl/sharedStrings.xml", "<sst><si><t><![CDATA[the secret]]> words</t></si></sst>")]
    [InlineData("xl/worksheets/sheet1.xml", "<x><c t=\"str\"><v><![CDATA[the secret words]]></v></c></x>")]
    [InlineData("xl/worksheets/sheet1.xml", "<x><c><f>\"the secret words\"&amp;A1</f><v>1</v></c></x>")]
    [InlineData("xl/worksheets/sheet1.xml", "<x><c t=\"s\"><v>the secret words</v></c></x>")]
    [InlineData("ppt/slideMasters/slideMaster1.xml", "<x><t>the<![CDATA[ secret words]]></t></x>")]
    public void Every_node_of_an_office_document_that_has_text_is_read(string name, string part)
    {
        string main = name.StartsWith("xl", StringComparison.Ordinal) ? "xl/workbook.xml" : "ppt/presentation.xml";
        var (text, problem) = Read(SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), (main, "<x/>"), (name, part)), "a");
        Assert.Contains(Secret, text, StringComparison.Ordinal);
        Assert.Equal("", problem);
    }

    [Theory]
    [InlineData("ID3")]
    [InlineData("wOFF")]
    [InlineData("wOF2")]
    [InlineData("#!AMR")]
    [InlineData("GIF89a")]
    public void A_text_that_begins_as_a_picture_does_is_read(string start)
    {
        string text = start + " and more words\u0001 and the secret words";
        Assert.Contains(Secret, Read(Encoding.ASCII.GetBytes(text), "a").Text, StringComparison.Ordinal);
        Assert.Contains(Secret, Read(Encoding.Latin1.GetBytes("\u00FF\u00D8\u00FF" + text), "a", mediaType: "text/plain").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_behind_the_end_of_a_tar_archive_is_reported()
    {
        byte[] tar = SampleDocuments.Tar(("a.txt", "words"u8.ToArray()));
        Assert.Equal("", Read([.. tar, .. new byte[700]], "a.tar").Problem);
        Assert.Equal("an archive with something behind its end", Read([.. tar, .. Encoding.ASCII.GetBytes(Secret)], "a.tar").Problem);
        Assert.Equal("an archive with something behind its end", Read([.. tar, .. new byte[512], .. tar], "a.tar").Problem);
    }

    [Fact]
    public void Characters_of_old_readers_end_where_a_group_begins() =>
        Assert.Equal("confidential", Read("{\\rtf1 c\\u111{n}fidential}"u8.ToArray(), "a.rtf").Text);

    [Theory]
    [InlineData("x-uuencode", "begin 644 a\r\n0=&AE('-E8W)E=\"!W;W)D<P\r\n`\r\nend\r\n", "")]
    [InlineData("X-UUE", "0=&AE('-E8W)E=\"!W;W)D<P\r\n", "")]
    [InlineData("8-bit", "the secret words", "")]
    [InlineData("x-yenc", "the secret words", "a part in an encoding that is not known")]
    public void Encodings_of_parts_are_undone_or_reported(string encoding, string body, string expected)
    {
        var (text, problem) = Read(Encoding.ASCII.GetBytes($"Content-Transfer-Encoding: {encoding}\r\n\r\n{body}"), "a.eml");
        Assert.Contains(Secret, text, StringComparison.Ordinal);
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Parts_of_a_digest_are_messages()
    {
        string digest = "Content-Type: multipart/digest; boundary=c\r\n\r\n--c\r\n\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            $"{Convert.ToBase64String(Encoding.ASCII.GetBytes(Secret))}\r\n--c--\r\n";
        Assert.Contains(Secret, Read(Encoding.ASCII.GetBytes(digest), "a.eml").Text, StringComparison.Ordinal);
    }

    private static void ForEachEntry(byte[] zip, Action<int> change)
    {
        int at = 0;
        int next;
        while ((next = zip.AsSpan(at).IndexOf("PK\u0001\u0002"u8)) >= 0)
        {
            change(at + next);
            at += next + 4;
        }
    }
}
