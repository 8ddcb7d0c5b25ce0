using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>replace and enclose of RFC 5703.</summary>
public sealed class PartActionsTests
{
    private const string Require = "require [\"replace\", \"enclose\", \"foreverypart\", \"mime\", \"body\", \"editheader\", \"fileinto\"];\n";

    private const string Mixed =
        "From: a@b.example\r\nSubject: two\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        + "--x\r\nContent-Type: text/plain\r\n\r\nfirst\r\n--x\r\nContent-Type: application/x-bad; name=v.exe\r\n\r\nevil\r\n"
        + "--x\r\nContent-Type: text/plain\r\n\r\nlast\r\n--x--\r\n";

    /// <summary>The message as the script leaves it.</summary>
    private static string Changed(string script, string message = Mixed)
    {
        var octets = Encoding.UTF8.GetBytes(message);
        var input = new FilterInput(MimeFilterMessage.Of(octets), Mail.Envelope);
        var result = Scripts.Compile(Require + script).Run(input);
        Assert.Null(result.Error);
        var original = MimeFilterMessage.Of(octets);
        var header = octets.AsMemory(0, (int)original.Structure!.Root.HeaderEnd);
        var changed = result.Changes.Aggregate(ChangedMessage.Of(header, original.Content!), static (made, change) => made.With(change));
        var output = new MemoryStream();
        foreach (var block in changed.Read())
        {
            output.Write(block.Span);
        }

        Assert.Equal(output.Length, changed.Length);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    [Fact]
    public void A_whole_message_is_replaced_and_keeps_its_header() => Assert.Equal(
        "From: a@b.example\r\nSubject: two\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\ngone",
        Changed("replace \"gone\";"));

    [Fact]
    public void Subject_and_author_are_exchanged() => Assert.Equal(
        "Original-Subject: two\r\nSubject: new\r\nOriginal-From: a@b.example\r\nFrom: c@d.example\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: text/html\r\n\r\n<p>",
        Changed("replace :mime :subject \"new\" :from \"c@d.example\" \"Content-Type: text/html\r\nX-Evil: 1\r\n\r\n<p>\";"));

    [Fact]
    public void A_part_is_replaced_in_its_place()
    {
        const string Script = "foreverypart { if header :mime :contenttype \"Content-Type\" \"application/x-bad\" { replace \"[removed: ü]\"; } }";
        var changed = Changed(Script);
        Assert.StartsWith(Mixed[..Mixed.IndexOf("Content-Type: application", StringComparison.Ordinal)], changed, StringComparison.Ordinal);
        Assert.EndsWith("\r\n--x\r\nContent-Type: text/plain\r\n\r\nlast\r\n--x--\r\n", changed, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", changed, StringComparison.Ordinal);
        Assert.Contains("--x\r\nContent-Type: text/plain; charset=utf-8\r\n", changed, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_part_can_be_replaced()
    {
        var changed = Changed("foreverypart { if not header :mime :type \"Content-Type\" \"multipart\" { replace \"a text that is longer than the old one\"; } }");
        Assert.Equal(3, changed.Split("a text that is longer than the old one").Length - 1);
        Assert.Equal(3, changed.Split("--x\r\n").Length - 1);
        Assert.DoesNotContain("last", changed, StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_see_the_replacement() => Assert.Equal(
        "fileinto \"seen\"",
        string.Join("; ", Scripts.Compile(Require + "replace \"needle\"; if body :text :contains \"needle\" { fileinto \"seen\"; }")
            .Run(new(MimeFilterMessage.Of(Encoding.UTF8.GetBytes(Mixed)), Mail.Envelope)).Effects));

    [Fact]
    public void A_message_is_enclosed()
    {
        var changed = Changed("addheader \"X-A\" \"1\"; enclose :subject \"WARNING\" :headers [\"From\"] \"Careful.\";");
        Assert.StartsWith("From: a@b.example\r\nDate: ", changed, StringComparison.Ordinal);
        Assert.Contains("\r\nSubject: WARNING\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;", changed, StringComparison.Ordinal);
        Assert.Contains("Careful.", changed, StringComparison.Ordinal);
        Assert.Contains("Content-Type: message/rfc822\r\n", changed, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\nX-A: 1\r\n" + Mixed, changed, StringComparison.Ordinal);
        Assert.EndsWith("--\r\n", changed, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_redirected_is_not_enclosed()
    {
        var result = Scripts.Compile(Require + "addheader \"X-A\" \"1\"; enclose \"Careful.\"; redirect \"c@d.example\"; keep;").Run(Mail.Input(Scripts.MessageA));
        Assert.Equal([1, 2], result.Effects.Select(effect => effect.Changes.Length));
    }

    [Theory]
    [InlineData("replace :from \"nobody\" \"x\";", FilterCodes.BadAddress)]
    [InlineData("enclose :headers \"Bad Name\" \"x\";", FilterCodes.BadHeaderName)]
    [InlineData("replace;", FilterCodes.MissingArgument)]
    public void What_the_checker_says(string script, string code) => Assert.Contains(code, Scripts.Codes(Require + script), StringComparison.Ordinal);
}
