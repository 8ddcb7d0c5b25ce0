using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Builds documents of each form around a text.</summary>
internal static class SampleDocuments
{
    public static byte[] Zip(params (string Name, string Content)[] files) =>
        Zip([.. files.Select(file => (file.Name, Encoding.UTF8.GetBytes(file.Content)))]);

    public static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var octets = new MemoryStream();
        using (var archive = new ZipArchive(octets, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        return octets.ToArray();
    }

    public static byte[] Docx(string text)
    {
        // As Word does: runs part words anywhere.
        string body = string.Concat(Lines(text).Select(line =>
            $"<w:p><w:r><w:t xml:space=\"preserve\">{line[..(line.Length / 2)]}</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space=\"preserve\">{line[(line.Length / 2)..]}</w:t></w:r></w:p>"));
        return Zip(
            ("[Content_Types].xml", "<Types/>"),
            ("word/document.xml", $"<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"));
    }

    /// <summary>The first octets of a program for Windows.</summary>
    public static byte[] Program => [0x4D, 0x5A, 0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xFF, 0xFF, 0, 0, .. new byte[3000]];

    public static byte[] Rtf(string text) => Encoding.ASCII.GetBytes(
        "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0\\froman\\fcharset0 Times New Roman;}}{\\colortbl;\\red0\\green0\\blue0;}{\\info{\\creatim\\yr2026}}\\pard " +
        string.Concat(Lines(text).Select(line => $"{line[..2]}{{\\b {line[2..5]}}}{line[5..]}\r\n\\par ")) + "}");

    public static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        using var octets = new MemoryStream();
        using (var archive = new System.Formats.Tar.TarWriter(octets, System.Formats.Tar.TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                archive.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return octets.ToArray();
    }

    public static byte[] Pptx(string text)
    {
        var slides = Lines(text).Chunk(60).Select(lines => string.Concat(lines.Select(line => $"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>")));
        return Zip([("[Content_Types].xml", "<Types/>"), .. slides.Select((slide, i) => (
            $"ppt/slides/slide{i + 1}.xml", $"<p:sld xmlns:p=\"p\" xmlns:a=\"a\">{slide}</p:sld>"))]);
    }

    public static byte[] Xlsx(string text)
    {
        string[] words = Lines(text).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        string[] shared = [.. words.Distinct().Order(StringComparer.Ordinal)];
        string rows = string.Concat(words.Chunk(5).Select(row =>
            $"<row>{string.Concat(row.Select(word => $"<c t=\"s\"><v>{Array.IndexOf(shared, word)}</v></c>"))}</row>"));
        return Zip(
            ("[Content_Types].xml", "<Types/>"),
            ("xl/workbook.xml", "<workbook/>"),
            ("xl/sharedStrings.xml", $"<sst>{string.Concat(shared.Select(word => $"<si><t>{word}</t></si>"))}</sst>"),
            ("xl/worksheets/sheet1.xml", $"<worksheet><sheetData>{rows}<row><c><f>1+1</f><v>4012888888881881</v></c></row></sheetData></worksheet>"));
    }

    public static byte[] Odt(string text) => Zip(
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", $"<office:document-content xmlns:office=\"o\" xmlns:text=\"t\">{string.Concat(Lines(text).Select(line => $"<text:p>{line.Replace(" ", "<text:s/>", StringComparison.Ordinal)}</text:p>"))}</office:document-content>"));

    public static byte[] Html(string text) => Encoding.UTF8.GetBytes(
        $"<!DOCTYPE html><html><head><style>p {{ color: red }}</style><script>if (a < b) {{ hidden words }}</script></head><body><!-- not <b>this</b> -->" +
        $"{string.Concat(Lines(text).Select(line => $"<p class=\"a>b\">{line[..1]}<b>{line[1..3]}</b>{line[3..].Replace(" ", "&nbsp;", StringComparison.Ordinal)}</p>"))}</body></html>");

    /// <summary>A message with the text as an attachment of a forwarded message, in base64, or as its text in quoted-printable.</summary>
    public static byte[] Mail(string text, bool attached) => Encoding.UTF8.GetBytes(attached
        ? "Subject: fwd\r\nContent-Type: multipart/mixed;\r\n boundary=\"a b\"\r\n\r\npreamble\r\n--a b\r\nContent-Type: message/rfc822\r\n\r\n" +
          "Subject: inner\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: application/octet-stream; name=a.docx\r\n" +
          $"Content-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Docx(text), Base64FormattingOptions.InsertLineBreaks)}\r\n--c--\r\n--a b--\r\n"
        : "Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
          string.Join("=\r\n", text.Replace("e", "=65", StringComparison.Ordinal).Split(' ').Select(word => word + " ")));

    /// <summary>A PDF of compressed content streams, with a font of two octets a code and a ToUnicode map, or of Latin text.</summary>
    public static byte[] Pdf(string text, bool mapped, params string[] filters)
    {
        List<byte[]> objects = [];
        var content = new StringBuilder("BT /F1 12 Tf 14 TL 50 800 Td\n");
        foreach (string line in Lines(text))
        {
            content.Append(mapped
                ? $"<{string.Concat(line.Select(c => (c + 3).ToString("X4", CultureInfo.InvariantCulture)))}> Tj T*\n"
                : $"[({line[..2]}) 20 ({line[2..].Replace(" ", ") -250 (", StringComparison.Ordinal)})] TJ T*\n");
        }

        content.Append("ET");
        objects.Add("<< /Type /Catalog /Pages 2 0 R >>"u8.ToArray());
        objects.Add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"u8.ToArray());
        objects.Add("<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"u8.ToArray());
        objects.Add(filters.Length == 0 ? Stream("", Encoding.Latin1.GetBytes(content.ToString())) : Stream(filters, Encoding.Latin1.GetBytes(content.ToString())));
        objects.Add(mapped
            ? "<< /Type /Font /Subtype /Type0 /BaseFont /X /ToUnicode 6 0 R >>"u8.ToArray()
            : "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"u8.ToArray());
        objects.Add(Stream("", "/CIDInit /ProcSet findresource begin 1 beginbfrange <0023> <00FF> <0020> endbfrange end"u8.ToArray()));
        using var file = new MemoryStream();
        file.Write("%PDF-1.5\n"u8);
        for (int i = 0; i < objects.Count; i++)
        {
            file.Write(Encoding.ASCII.GetBytes($"{i + 1} 0 obj\n"));
            file.Write(objects[i]);
            file.Write("\nendobj\n"u8);
        }

        file.Write("trailer << /Root 1 0 R >>\n%%EOF"u8);
        return file.ToArray();
    }

    private static byte[] Stream(string keys, byte[] content)
    {
        using var octets = new MemoryStream();
        using (var deflate = new ZLibStream(octets, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
        }

        return [.. Encoding.ASCII.GetBytes($"<< {keys}/Filter /FlateDecode /Length {octets.Length} >>\nstream\r\n"), .. octets.ToArray(), .. "\nendstream"u8];
    }

    private static byte[] Stream(string[] filters, byte[] content)
    {
        foreach (string filter in filters.Reverse())
        {
            content = filter switch
            {
                "/FlateDecode" or "/Fl" => Deflated(content),
                "/AHx" => Encoding.ASCII.GetBytes(Convert.ToHexString(content) + ">"),
                "/ASCII85Decode" => Base85(content),
                _ => Lzw(content),
            };
        }

        return [.. Encoding.ASCII.GetBytes($"<< /Filter [ {string.Join(' ', filters)} ] /Length {content.Length} >>\nstream\r\n"), .. content, .. "\nendstream"u8];
    }

    private static byte[] Deflated(byte[] content)
    {
        using var octets = new MemoryStream();
        using (var deflate = new ZLibStream(octets, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
        }

        return octets.ToArray();
    }

    private static byte[] Base85(byte[] content)
    {
        var text = new StringBuilder();
        foreach (byte[] group in content.Chunk(4))
        {
            uint value = 0;
            for (int i = 0; i < 4; i++)
            {
                value = (value << 8) | (i < group.Length ? group[i] : 0u);
            }

            char[] digits = new char[5];
            for (int i = 4; i >= 0; i--, value /= 85)
            {
                digits[i] = (char)('!' + (value % 85));
            }

            text.Append(group.Length == 4 && digits.All(digit => digit == '!') ? "z" : new string(digits, 0, group.Length + 1)).Append(text.Length % 70 == 0 ? "\n" : "");
        }

        return Encoding.ASCII.GetBytes(text + "~>");
    }

    // As the filter's definition says it is encoded.
    private static byte[] Lzw(byte[] content)
    {
        List<bool> bits = [];
        Dictionary<string, int> table = [];
        int width = 9;
        void Add(int code)
        {
            for (int i = width - 1; i >= 0; i--)
            {
                bits.Add((code >> i & 1) != 0);
            }
        }

        int CodeOf(string text) => text.Length == 1 ? text[0] : table[text];
        Add(256);
        string held = "";
        foreach (byte octet in content)
        {
            string longer = held + (char)octet;
            if (longer.Length == 1 || table.ContainsKey(longer))
            {
                held = longer;
                continue;
            }

            Add(CodeOf(held));
            table[longer] = 258 + table.Count;
            int next = 258 + table.Count;
            width = next >= 2048 ? 12 : next >= 1024 ? 11 : next >= 512 ? 10 : 9;
            if (next == 4094)
            {
                Add(256);
                table.Clear();
                width = 9;
            }

            held = longer[^1..];
        }

        Add(CodeOf(held));
        Add(257);
        byte[] octets = new byte[(bits.Count + 7) / 8];
        for (int i = 0; i < bits.Count; i++)
        {
            octets[i / 8] |= (byte)(bits[i] ? 0x80 >> (i % 8) : 0);
        }

        return octets;
    }

    private static string[] Lines(string text) =>
        [.. text.Split('\n').Select(line => SecurityElement.Escape(line.Trim())).Where(line => line.Length > 5)];
}
