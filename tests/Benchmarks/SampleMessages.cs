using System.Globalization;
using System.Text;

namespace PluginMail.Benchmarks;

/// <summary>Messages as they are typical of mail, and some that nobody honest sends. The same on every run.</summary>
internal static class SampleMessages
{
    private static readonly string[] Words =
        ["the", "meeting", "about", "budget", "is", "moved", "to", "Thursday", "please", "bring", "last", "year's", "figures", "and", "a", "pen"];

    /// <summary>A plain message of so many octets.</summary>
    public static byte[] Text(int octets)
    {
        var message = new StringBuilder(Header("text/plain; charset=utf-8", encoding: "7bit"));
        AppendWords(message, octets - message.Length);
        return Encoding.ASCII.GetBytes(message.ToString(0, octets - 2) + "\r\n");
    }

    /// <summary>A text with HTML beside it and one attachment, so many octets in all.</summary>
    public static byte[] WithAttachment(int octets)
    {
        var message = new StringBuilder(octets + 256);
        message.Append(Header("multipart/mixed; boundary=\"outer-7F3A\"", encoding: "7bit"))
            .Append("--outer-7F3A\r\nContent-Type: multipart/alternative; boundary=\"inner-19C2\"\r\n\r\n")
            .Append("--inner-19C2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
        AppendWords(message, 1500);
        message.Append("\r\n--inner-19C2\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n<p>");
        AppendWords(message, 3000);
        message.Append("</p>\r\n--inner-19C2--\r\n--outer-7F3A\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\n")
            .Append("Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"report.pdf\"\r\n\r\n");
        byte[] line = new byte[57]; // 76 characters of base64
        var random = new Random(42);
        while (message.Length < octets - 96)
        {
            random.NextBytes(line);
            message.Append(Convert.ToBase64String(line)).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(message.Append("--outer-7F3A--\r\n").ToString());
    }

    /// <summary>Multiparts in multiparts, deeper than anyone reads, each with lines that nearly are delimiters.</summary>
    public static byte[] DeeplyNested(int octets)
    {
        var message = new StringBuilder(Header("multipart/mixed; boundary=b0", encoding: "7bit"));
        for (int depth = 1; message.Length < octets; depth++)
        {
            message.Append(CultureInfo.InvariantCulture, $"--b{depth - 1}\r\nContent-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}x\r\n");
        }

        return Encoding.ASCII.GetBytes(message.ToString());
    }

    /// <summary>Nothing but delimiters: as many empty parts as fit.</summary>
    public static byte[] ManyParts(int octets)
    {
        var message = new StringBuilder(Header("multipart/mixed; boundary=b", encoding: "7bit"));
        while (message.Length < octets)
        {
            message.Append("--b\r\n\r\n");
        }

        return Encoding.ASCII.GetBytes(message.ToString());
    }

    /// <summary>A header of nothing but short fields and folds.</summary>
    public static byte[] LongHeader(int octets)
    {
        var message = new StringBuilder();
        for (int i = 0; message.Length < octets; i++)
        {
            message.Append(CultureInfo.InvariantCulture, $"X-{i}: =?utf-8?q?a=20b?=\r\n\t;a*{i}=b\r\n");
        }

        return Encoding.ASCII.GetBytes(message.Append("\r\n").ToString());
    }

    private static string Header(string contentType, string encoding) =>
        "Date: Mon, 02 Jan 2023 03:04:05 +0000\r\n"
        + "From: Ada Sender <ada@corp.example>\r\n"
        + "To: Somebody <u1@example.test>, Somebody Else <other@example.org>\r\n"
        + "Subject: =?utf-8?q?Budget_f=C3=BCr?= next year\r\n"
        + "Message-ID: <20230102030405.4711@corp.example>\r\n"
        + "List-Id: Announcements <announce.corp.example>\r\n"
        + "MIME-Version: 1.0\r\n"
        + $"Content-Type: {contentType}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n";

    private static void AppendWords(StringBuilder message, int octets)
    {
        int end = message.Length + octets;
        int column = 0;
        for (int i = 0; message.Length < end; i = (i * 5 + 3) % 8191)
        {
            string word = Words[i % Words.Length];
            message.Append(word).Append(column > 64 ? "\r\n" : " ");
            column = column > 64 ? 0 : column + word.Length + 1;
        }
    }
}
