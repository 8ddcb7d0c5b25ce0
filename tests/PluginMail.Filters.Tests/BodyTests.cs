using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>body (RFC 5173).</summary>
public sealed class BodyTests
{
    /// <summary>The example of section 5.2.</summary>
    public const string Nested = """
        From: Whomever
        To: Someone
        Subject: whatever
        Content-Type: multipart/mixed; boundary=outer

        This is a multi-part message in MIME format.

        --outer
        Content-Type: multipart/alternative; boundary=inner

        This is a nested multi-part message in MIME format.

        --inner
        Content-Type: text/plain; charset="us-ascii"

        Hello

        --inner
        Content-Type: text/html; charset="us-ascii"

        <html><body>Hello</body></html>

        --inner--

        This is the end of the inner MIME multipart.

        --outer
        Content-Type: message/rfc822

        From: Someone Else
        Subject: hello request

        Please say Hello

        --outer--

        This is the end of the outer MIME multipart.
        """;

    [Theory]
    [InlineData(":content \"multipart\" :contains \"nested multi-part\"", true)]
    [InlineData(":content \"multipart\" :contains \"end of the inner\"", true)]
    [InlineData(":content \"multipart\" :contains \"end of the outer\"", true)]
    [InlineData(":content \"multipart\" :contains \"Hello\"", false)]
    [InlineData(":content \"multipart\" :contains \"inner\"", true)]
    [InlineData(":content \"multipart\" :contains \"--inner\"", false)]
    [InlineData(":content \"multipart/mixed\" :contains \"nested\"", false)]
    [InlineData(":content \"text/plain\" :contains \"Please say Hello\"", true)]
    [InlineData(":content \"text/html\" :contains \"<body>hello\"", true)]
    [InlineData(":content \"text/html\" :contains \"Please\"", false)]
    [InlineData(":content \"text\" :contains \"</html>\"", true)]
    [InlineData(":content \"message/rfc822\" :contains \"hello request\"", true)]
    [InlineData(":content \"message/rfc822\" :contains \"Please\"", false)]
    [InlineData(":content [\"/\", \"text/\", \"/plain\", \"a/b/c\"] :contains \"\"", false)]
    [InlineData(":content \"\" :contains \"Please\"", true)]
    [InlineData(":content \"audio/mp3\" :contains \"\"", false)]
    [InlineData(":contains \"please SAY\"", true)]
    [InlineData(":text :contains \"please SAY\"", true)]
    [InlineData(":raw :contains \"--inner--\"", true)]
    [InlineData(":raw :contains \"Subject: hello\"", true)]
    [InlineData(":raw :contains \"Whomever\"", false)]
    [InlineData(":comparator \"i;octet\" :contains \"please\"", false)]
    public void Section_5_transforms(string arguments, bool outcome) =>
        Assert.Equal(outcome, Mail.IsTrue("\"body\"", "body " + arguments, Nested));

    [Theory]
    [InlineData("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe", ":contains \"Grüße\"", true)]
    [InlineData("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQ==", ":contains \"Grüße\"", true)]
    [InlineData("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nR3LDvMOfZQ==", ":raw :contains \"R3LD\"", true)]
    [InlineData("Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=", ":content \"image\" :contains \"PNG\"", true)]
    [InlineData("Content-Type: text/plain\n\nmore money", ":is \"more money\"", true)]
    [InlineData("Subject: x\n\n", ":contains \"\"", true)]
    [InlineData("Subject: x\n", ":contains \"\"", false)]
    [InlineData("Subject: x\n", ":raw :contains \"\"", false)]
    public void Encodings_and_missing_bodies(string message, string arguments, bool outcome) =>
        Assert.Equal(outcome, Mail.IsTrue("\"body\"", "body " + arguments, message));

    [Fact]
    public void Body_sets_no_match_variables() => Assert.Equal(
        "fileinto \"ax\"",
        Mail.Effects("require [\"body\", \"variables\", \"fileinto\"]; if allof (header :matches \"subject\" \"*hat*\", body :matches \"*Hello*\") { fileinto \"ax${3}\"; }", Nested));

    [Fact]
    public void Types_may_be_variables() => Assert.Equal(
        "discard", Mail.Effects("require [\"body\", \"variables\"]; set \"t\" \"HTML\"; if body :content \"text/${t}\" :contains \"<html>\" { discard; }", Nested));

    [Fact]
    public void Without_the_body_at_hand_nothing_matches() =>
        Assert.False(Scripts.IsTrue("body :contains \"\"", require: "require \"body\";"));

    [Fact]
    public void A_message_of_any_size_takes_bounded_memory()
    {
        var octets = new byte[40_000_000];
        "Subject: x\r\n\r\n"u8.CopyTo(octets);
        octets.AsSpan(14).Fill((byte)'a');
        var filter = Scripts.Compile("require \"body\"; if anyof (body :raw :contains \"b\", body :contains \"b\", body :content \"\" :contains \"b\") { discard; }");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = filter.Run(new(MimeFilterMessage.Of(octets), Mail.Envelope));
        Assert.Equal("implicit keep", string.Join(';', result.Effects));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000_000);
    }
}
