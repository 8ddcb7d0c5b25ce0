using System.Text;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>What scripts see of real headers: unfolding, encoded words, addresses, odd forms.</summary>
public sealed class MimeFilterMessageTests
{
    private const string Header =
        "Subject: =?utf-8?Q?Rechnung_f=C3=BCr?=\r\n =?utf-8?B?IE3DvGxsZXI=?=\r\n" +
        "From: =?iso-8859-1?Q?J=FCrgen?= (work) <\"jane doe\"@B\u00FCcher.example>\r\n" +
        "To: Friends: Ann <ann@one.example>, bob@two.example;, carl@three.example\r\n" +
        "Cc: undisclosed-recipients:;\r\n" +
        "Bcc: not an address\r\n" +
        "X-Unknown: =?x-none?Q?abc?=\r\n" +
        "X-Folded: one\r\n\ttwo\r\n   three  \r\n" +
        "X-Empty:\r\n" +
        "X-Split: =?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?=\r\n" +
        "X-Spaced  : value\r\n" +
        "X-Nul: =?utf-8?Q?a=00b?=\r\n" +
        "this line is no field\r\n" +
        "X-Raw: caf\u00E9\r\n" +
        "X-Twice: one\r\nx-twice: two\r\n" +
        "\r\nX-Body: no\r\n";

    private static bool Holds(string test, string require = "")
    {
        var message = new MimeFilterMessage(Encoding.UTF8.GetBytes(Header), 1000);
        return !Compile($"{require} if {test} {{ discard; }}").Run(new(message, Envelope)).IsKept;
    }

    [Theory]
    [InlineData("header \"subject\" \"Rechnung für Müller\"", true)]
    [InlineData("subject \"RECHNUNG FÜR MÜLLER\"", true)]
    [InlineData("header \"subject\" \"RECHNUNG FÜR MÜLLER\"", false)]
    [InlineData("sender :name \"jürgen\"", true)]
    [InlineData("sender :domain \"xn--bcher-kva.example\"", true)]
    [InlineData("sender :domain \"bücher.example\"", true)]
    [InlineData("address :localpart \"from\" \"jane doe\"", true)]
    [InlineData("address :contains \"from\" \"work\"", false)]
    [InlineData("address :contains \"from\" \"rgen\"", false)]
    [InlineData("address \"to\" \"bob@two.example\"", true)]
    [InlineData("address :domain \"to\" \"three.example\"", true)]
    [InlineData("address :contains \"to\" \"Friends\"", false)]
    [InlineData("address :contains \"cc\" \"\"", false)]
    [InlineData("exists \"cc\"", true)]
    [InlineData("address \"bcc\" \"not an address\"", true)]
    [InlineData("address :localpart :contains \"bcc\" \"\"", false)]
    [InlineData("header \"x-unknown\" \"=?x-none?Q?abc?=\"", true)]
    [InlineData("header \"x-folded\" \"one\ttwo   three\"", true)]
    [InlineData("header \"x-empty\" \"\"", true)]
    [InlineData("header \"x-split\" \"€\"", true)]
    [InlineData("header \"x-spaced\" \"value\"", true)]
    [InlineData("header :matches \"x-nul\" \"a?b\"", true)]
    [InlineData("header \"x-raw\" \"café\"", true)]
    [InlineData("header :every :contains \"x-twice\" \"o\"", true)]
    [InlineData("header :every \"x-twice\" \"one\"", false)]
    [InlineData("exists \"x-body\"", false)]
    [InlineData("exists \"this line is no field\"", false)]
    [InlineData("size :over 999", true)]
    public void Tests_see_decoded_values(string test, bool outcome) => Assert.Equal(outcome, Holds(test));

    [Fact]
    public void What_cannot_be_decoded_leaves_a_note_in_the_trace()
    {
        var message = new MimeFilterMessage(Encoding.UTF8.GetBytes(Header), 1000);
        var trace = Compile("if header \"x-unknown\" \"x\" { keep; }").Run(new(message, Envelope), new() { Traces = true }).Trace;
        Assert.Contains(trace, entry => entry.Kind == TraceKind.Note && entry.Text.Contains("x-unknown", StringComparison.Ordinal));
    }

    [Fact]
    public void Any_octets_are_a_message()
    {
        var random = new Random(7);
        var filter = Compile("if any (subject :contains \"x\", sender :name \"y\", address \"to\" \"z\", header :matches \"from\" \"*?*\") { discard; }");
        for (var i = 0; i < 300; i++)
        {
            var octets = Encoding.UTF8.GetBytes(Header);
            for (var changes = 0; changes < 20; changes++)
            {
                octets[random.Next(octets.Length)] = (byte)random.Next(256);
            }

            Assert.Null(filter.Run(new(new MimeFilterMessage(octets, octets.Length), Envelope)).Error);
        }
    }

    [SkippableFact]
    public void Every_message_of_the_corpora_can_be_filtered()
    {
        var folder = Repository.Path("..", "shared", "corpora");
        Skip.IfNot(Directory.Exists(folder), "no corpora here");
        var filter = Compile(
            """
            if any (subject :base :contains "zzz", sender :name :contains "zzz", recipient :within "zzz.invalid",
                    header :matches ["received", "x-mailer"] "*zzz*?", address :every :domain ["to", "cc"] "zzz.invalid") { discard; }
            """);
        var count = 0;
        foreach (var path in Directory.EnumerateFiles(folder, "*.eml", SearchOption.AllDirectories).Order().Take(400))
        {
            var octets = File.ReadAllBytes(path);
            var result = filter.Run(new(new MimeFilterMessage(octets, octets.Length), Envelope));
            Assert.Null(result.Error);
            Assert.True(result.IsKept, path);
            count++;
        }

        Skip.If(count == 0, "no .eml files in the corpora");
    }
}
