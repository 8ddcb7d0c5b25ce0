using PluginMail.Filters.Tests.Support;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>mime, foreverypart and extracttext (RFC 5703).</summary>
public sealed class MimeTests
{
    private const string Message = """
        From: a@example.com
        Subject: outer
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain; charset=utf-8; format=flowed
        Content-Disposition: inline

        Hello there
        --b
        Content-Type: application/msword; name="report.doc"
        Content-Disposition: attachment; filename="report.doc"
        Content-Transfer-Encoding: base64

        aGVsbG8=
        --b
        Content-Type: message/rfc822

        From: b@example.com
        Subject: inner
        Content-Type: text/html

        <p>inner</p>
        --b--
        """;

    [Theory]
    [InlineData("header :mime :type \"Content-Type\" \"multipart\"", true)]
    [InlineData("header :mime :subtype \"Content-Type\" \"mixed\"", true)]
    [InlineData("header :mime :contenttype \"Content-Type\" \"multipart/mixed\"", true)]
    [InlineData("header :mime :param \"boundary\" \"Content-Type\" \"b\"", true)]
    [InlineData("header :mime :type \"Content-Type\" \"text\"", false)]
    [InlineData("header :mime :anychild :contenttype \"Content-Type\" \"text/plain\"", true)]
    [InlineData("header :mime :anychild :contenttype \"Content-Type\" \"text/html\"", true)]
    [InlineData("header :mime :anychild :param [\"filename\", \"name\"] :matches \"Content-Disposition\" \"*.doc\"", true)]
    [InlineData("header :mime :anychild :type \"Content-Disposition\" \"attachment\"", true)]
    [InlineData("header :mime :anychild \"Subject\" \"inner\"", true)]
    [InlineData("header :mime \"Subject\" \"inner\"", false)]
    [InlineData("address :mime :anychild \"from\" \"b@example.com\"", true)]
    [InlineData("exists :mime :anychild \"content-disposition\"", true)]
    [InlineData("exists :mime \"content-disposition\"", false)]
    public void Section_4_mime(string test, bool outcome) => Assert.Equal(outcome, Mail.IsTrue("\"mime\"", test, Message));

    [Theory]
    [InlineData("foreverypart { if header :mime :type \"Content-Type\" \"text\" { extracttext \"t\"; break; } }", "Hello there")]
    [InlineData("foreverypart { if header :mime :subtype \"Content-Type\" \"html\" { extracttext :upper :first 6 \"t\"; } }", "<P>INN")]
    [InlineData("foreverypart { if header :mime :matches \"Content-Type\" \"application/*\" { set \"t\" \"found\"; break; } }", "found")]
    [InlineData("foreverypart :name \"outer\" { set \"t\" \"${t}o\"; foreverypart { set \"t\" \"${t}i\"; break :name \"outer\"; } }", "oi")]
    [InlineData("foreverypart { set \"t\" \"${t}o\"; foreverypart { set \"t\" \"${t}i\"; break; } }", "oioooio")]
    [InlineData("foreverypart { extracttext :length \"t\"; if header :mime :type \"content-type\" \"application\" { break; } }", "0")]
    public void Section_3_and_7_loops(string script, string text) => Assert.Equal(
        $"fileinto \"x{text}\"",
        Mail.Effects($"require [\"foreverypart\", \"mime\", \"extracttext\", \"variables\", \"fileinto\"]; {script} fileinto \"x${{t}}\";", Message));

    [Theory]
    [InlineData("require [\"extracttext\", \"variables\"]; extracttext \"t\";")]
    [InlineData("require \"foreverypart\"; break;")]
    [InlineData("require \"foreverypart\"; foreverypart { break :name \"none\"; }")]
    public void Outside_of_a_loop_is_an_error(string script) => Assert.Equal("F3005", Mail.Run(script, Message).Error?.Code);

    [Theory]
    [InlineData("header :anychild \"a\" \"b\"", "F1025")]
    [InlineData("header :mime :type :subtype \"a\" \"b\"", "F1012")]
    public void Tags_that_go_together(string test, string code) => Assert.Equal(code, Codes($"require \"mime\"; if {test} {{ keep; }}"));
}
