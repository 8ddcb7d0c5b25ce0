using System.Buffers.Binary;
using System.Text;
using PluginMail.Testing.Plugins;
using static PluginMail.Connectors.Tests.Dlp.Extraction;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Files that programs write every day, and what they hold in unusual places.</summary>
public sealed class EverydayFileTests
{
    private const string Secret = "the secret words";

    // macOS: Finder info and a resource fork.
    private static byte[] AppleDouble(string note, int secondFork = 2)
    {
        byte[] fork = [.. new byte[50], .. Encoding.UTF8.GetBytes(note), .. new byte[200]];
        byte[] octets = [0, 5, 0x16, 7, 0, 2, 0, 0, .. "Mac OS X        "u8, 0, 2, .. new byte[24], .. new byte[32], .. fork];
        foreach (var (at, id, offset, length) in new[] { (26, 9, 50, 32), (38, secondFork, 82, fork.Length) })
        {
            BinaryPrimitives.WriteInt32BigEndian(octets.AsSpan(at), id);
            BinaryPrimitives.WriteInt32BigEndian(octets.AsSpan(at + 4), offset);
            BinaryPrimitives.WriteInt32BigEndian(octets.AsSpan(at + 8), length);
        }

        return octets;
    }

    [Fact]
    public void What_the_Finder_adds_is_not_unreadable_and_what_it_says_is_read()
    {
        byte[] store = [0, 0, 0, 1, .. "Bud1"u8, .. new byte[500], 1, .. Encoding.BigEndianUnicode.GetBytes("Project Sunrise.xlsx"), .. "Ilocblob"u8, .. new byte[600]];
        var (text, problem) = Read(SampleDocuments.Zip(("a.txt", "words"u8.ToArray()), ("__MACOSX/._a.txt", AppleDouble(Secret)), (".DS_Store", store)), "a.zip");
        Assert.Equal("", problem);
        Assert.Contains(Secret, text, StringComparison.Ordinal);
        Assert.Contains("Project Sunrise.xlsx", text, StringComparison.Ordinal);
        Assert.NotEqual("", Read(AppleDouble(Secret, secondFork: 1), "._a").Problem);
        Assert.NotEqual("", Read([.. AppleDouble(Secret), .. new byte[70_000]], "._a").Problem);
        Assert.NotEqual("", Read(AppleDouble(Secret)[..200], "._a").Problem);
    }

    [Fact]
    public void Fonts_of_documents_and_HD_photos_have_no_text()
    {
        byte[] embedded = new byte[3000];
        new Random(3).NextBytes(embedded.AsSpan(100));
        embedded[10] = 2;
        embedded[8] = 1;
        "LP"u8.CopyTo(embedded.AsSpan(34));
        Assert.Equal("", Read(embedded, "font1.fntdata").Problem);
        Assert.Equal("", Read([0x49, 0x49, 0xBC, 1, 8, 0, 0, 0, .. new byte[100]], "a.wdp").Problem);

        byte[] hidden = new byte[4000];
        new Random(4).NextBytes(hidden);
        foreach (var (tag, i) in ((string[])["cvt ", "fpgm", "glyf", "head", "hhea"]).Select((tag, i) => (tag, i)))
        {
            Encoding.ASCII.GetBytes(tag).CopyTo(hidden, 44 + (i * 16));
            BinaryPrimitives.WriteInt32BigEndian(hidden.AsSpan(52 + (i * 16)), 600);
            BinaryPrimitives.WriteInt32BigEndian(hidden.AsSpan(56 + (i * 16)), 100);
        }

        Assert.Equal("", Read(Package("word/fonts/font1.odttf", hidden), "a.docx").Problem);
        Assert.NotEqual("", Read(Package("word/media/font1.odttf", hidden), "a.docx").Problem);
        Assert.NotEqual("", Read(Package("word/fonts/font1.odttf", hidden[..500]), "a.docx").Problem);
    }

    [Theory]
    [InlineData("xl/pivotCache/pivotCacheRecords1.xml", "<r><r><s v=\"the secret words\"/><n v=\"4111\"/></r></r>")]
    [InlineData("xl/pivotCache/pivotCacheDefinition1.xml", "<r><cacheField name=\"the secret words\"/></r>")]
    [InlineData("xl/workbook2.xml", "<r>the secret words</r>")]
    public void The_rows_of_a_pivot_table_are_read(string part, string content)
    {
        var (text, problem) = Read(SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<x/>"), (part, content)), "a.xlsx");
        Assert.Contains(Secret, text, StringComparison.Ordinal);
        Assert.Equal("", problem);
    }

    [Fact]
    public void Names_of_sheets_are_read()
    {
        Assert.Contains(Secret, Read(SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<w xmlns=\"m\"><sheets><sheet name=\"the secret words\" sheetId=\"1\"/></sheets></w>")), "a").Text, StringComparison.Ordinal);
        const string Sheet = "<o:body xmlns:o=\"o\" xmlns:t=\"t\"><o:spreadsheet><t:table t:name=\"the secret words\"/></o:spreadsheet></o:body>";
        Assert.Contains(Secret, Read(SampleDocuments.Zip(("content.xml", Sheet), ("META-INF/manifest.xml", "<m/>")), "a").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Project plan.doc")]
    [InlineData("1700000000.M1P1.host")]
    public void A_message_under_another_name_is_read_as_one(string name)
    {
        string page = "Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/html\r\n" +
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>the se=\r\ncret =77ords</p>\r\n--x--\r\n";
        var (text, problem) = Read(Encoding.ASCII.GetBytes(page), name, mediaType: "application/msword");
        Assert.Contains(Secret, text, StringComparison.Ordinal);
        Assert.Equal("", problem);
    }

    [Fact]
    public void A_text_that_begins_as_a_message_is_read_as_a_text_too()
    {
        const string Text = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nthe secret words";
        Assert.Contains(Secret, Read(Encoding.ASCII.GetBytes(Text), "", mediaType: "text/plain").Text, StringComparison.Ordinal);
        Assert.Contains(Secret, Read(Encoding.ASCII.GetBytes(Text), "notes.txt").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\\rtf1 a{\\*\\footnote the secret words}}")]
    [InlineData("{\\rtf1{\\info{\\*\\company the secret words}}a}")]
    [InlineData("{\\rtf1{\\info{\\*\\manager the secret words}}a}")]
    public void Notes_and_fields_of_RTF_that_may_be_passed_over_are_read(string rtf) =>
        Assert.Contains(Secret, Read(Encoding.ASCII.GetBytes(rtf), "a.rtf").Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("see below\r\n\r\nbegin 644 a.txt\r\n0=&AE('-E8W)E=\"!W;W)D<P\r\n`\r\nend\r\nregards")]
    [InlineData("begin 0644 a b.txt\n0=&AE('-E8W)E=\"!W;W)D<P\n \nend")]
    [InlineData("begin 644 a.txt\n0=&AE('-E8W)E=\"!W;W)D<P")]
    public void Files_that_stand_uuencoded_in_a_text_are_read(string text)
    {
        var (read, problem) = Read(Encoding.ASCII.GetBytes(text), "", mediaType: "text/plain");
        Assert.Contains(Secret, read, StringComparison.Ordinal);
        Assert.Equal("", problem);
        Assert.Contains("begin", read, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_stands_uuencoded_in_a_text_is_read_as_what_it_is()
    {
        byte[] docx = SampleDocuments.Docx(Secret + "\n" + Secret);
        var text = new StringBuilder(new string('x', 16_380) + "\nbegin 644 a.docx\n");
        foreach (byte[] line in docx.Chunk(45))
        {
            text.Append(Six(line.Length));
            for (int i = 0; i < line.Length; i += 3)
            {
                int bits = (line[i] << 16) | ((i + 1 < line.Length ? line[i + 1] : 0) << 8) | (i + 2 < line.Length ? line[i + 2] : 0);
                text.Append(Six(bits >> 18)).Append(Six(bits >> 12)).Append(Six(bits >> 6)).Append(Six(bits));
            }

            text.Append('\n');
        }

        var (read, problem) = Read(Encoding.ASCII.GetBytes(text + "`\nend\n"), "", mediaType: "text/plain");
        Assert.Contains(Secret, read, StringComparison.Ordinal);
        Assert.Equal("", problem);
        string many = string.Concat(Enumerable.Repeat("begin 644 a\n#86)C\n`\nend\n", 200));
        Assert.Equal("more files in archives than are looked at", Read(Encoding.ASCII.GetBytes(many), "", mediaType: "text/plain").Problem);
        Assert.Equal("", Read(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("begin 644 or later\nand so on\n", 200))), "", mediaType: "text/plain").Problem);
    }

    [Theory]
    [InlineData("BEGIN:VCALENDAR\r\nSUMMARY:the sec\r\n ret words\r\nEND:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nDESCRIPTION:the secret\\, words\\nand\n")]
    [InlineData("BEGIN:VCARD\r\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:the=20sec=\r\nret wor=64s\r\nEND:VCARD")]
    [InlineData("BEGIN:VCALENDAR\r\nATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:dGhlIHNlY3\r\n JldCB3b3Jkcw==\r\nEND:VCALENDAR")]
    public void Values_of_calendars_and_cards_are_read_as_they_are_meant(string card)
    {
        var (text, problem) = Read(Encoding.UTF8.GetBytes(card), "a.ics");
        Assert.Contains(Secret, text.Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("", problem);
        Assert.Contains("secretwords", Read("BEGIN:VCARD\r\nsecret\r\n words"u8.ToArray(), "").Text, StringComparison.Ordinal);
        Assert.Contains("secret\r\n words", Read("BEGIN:VCARD\r\nsecret\r\n words"u8.ToArray(), "").Text, StringComparison.Ordinal);
        Assert.Contains(Secret, Read(Encoding.Unicode.GetBytes("BEGIN:VCARD\r\nNOTE:" + Secret), "", mediaType: "text/calendar").Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOTE;", "a\n ")]
    [InlineData("NOTE;", "NOTE;QUOTED-PRINTABLE:=\n")]
    [InlineData("NOTE;", "a=\n ")]
    [InlineData("NOTE;ENCODING=QUOTED-PRINTABLE:", "=")]
    public async Task Endless_lines_of_cards_come_to_an_end(string start, string piece)
    {
        string card = "BEGIN:VCARD\n" + start + new string('x', 900) + string.Concat(Enumerable.Repeat(piece, (8 << 20) / piece.Length));
        await Task.Run(() => Read(Encoding.ASCII.GetBytes(card), "a.vcf")).WaitAsync(PluginBench.Patience);
    }

    [Fact]
    public void Names_of_files_in_archives_are_read()
    {
        Assert.Contains("Project Sunrise.png", Read(SampleDocuments.Zip(("Project Sunrise.png", [0x89, 0x50, 0x4E, 0x47, 0, 0])), "a.zip").Text, StringComparison.Ordinal);
        Assert.Contains("Sunrise 2/", Read(SampleDocuments.Zip(("Sunrise 2/", [])), "a.zip").Text, StringComparison.Ordinal);
        Assert.Contains("Project Sunrise.png", Read(SampleDocuments.Tar(("Project Sunrise.png", [])), "a.tar").Text, StringComparison.Ordinal);
    }

    private static char Six(int value) => (char)((value & 0x3F) == 0 ? '`' : (value & 0x3F) + ' ');

    private static byte[] Package(string name, byte[] content) =>
        SampleDocuments.Zip(("[Content_Types].xml", "<Types/>"u8.ToArray()), ("word/document.xml", "<x/>"u8.ToArray()), (name, content));
}
