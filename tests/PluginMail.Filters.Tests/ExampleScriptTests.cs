using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>The examples under scripts/ do what they say.</summary>
public sealed class ExampleScriptTests
{
    [Theory]
    [InlineData("personal", "From: bill@mail.acme.example\nSubject: Re: Invoice 7", "fileinto \"Finance/Invoices\"")]
    [InlineData("personal", "From: bill@acme.example.evil.test\nSubject: Invoice 7", "implicit keep")]
    [InlineData("personal", "From: no-reply@shop.example", "fileinto \"Newsletters\"")]
    [InlineData("personal", "From: a@b.example\nX-Size: 30000000", "fileinto :copy \"Large\"; implicit keep")]
    [InlineData("personal", "From: Pushy <Offers@Pushy.Example>", "fileinto \"Trash\"")]
    [InlineData("team-mailbox", "To: Sales <sales@example.test>", "deliver :copy \"anna@example.test\"; deliver :copy \"ben@example.test\"; implicit keep")]
    [InlineData("team-mailbox", "To: c@d.example\nSubject: Re: Offer", "fileinto :copy \"Answers\"; implicit keep", true)]
    [InlineData("team-mailbox", "To: c@d.example\nSubject: Re: Offer", "implicit keep")]
    [InlineData("team-mailbox", "To: c@x.invalid.example\nSubject: Offer", "discard", true)]
    [InlineData("standard", "From: a@b.example\nDate: today\nReturn-Path: <>", "fileinto \"Bounces\"")]
    [InlineData("standard", "From: a@b.example\nDate: today\nSubject: [sieve] hello", "fileinto \"Lists\"")]
    [InlineData("standard", "From: a@example.com\nDate: today", "redirect :copy \"secretary@example.com\"; implicit keep")]
    [InlineData("standard", "Subject: no sender", "discard")]
    [InlineData("before-all", "X-Spam-Flag: YES", "fileinto \"Junk\"")]
    [InlineData("before-all", "X-Spam-Flag: YES\nX-Spam-Status: autolearn=ham", "implicit keep")]
    [InlineData("before-all", "Subject: =?utf-8?Q?invoice=E2=80=AEfdp.exe?=", "fileinto \"Junk\"")]
    public void Example(string script, string header, string effects, bool outgoing = false)
    {
        var octets = Encoding.UTF8.GetBytes(header.ReplaceLineEndings("\r\n") + "\r\n\r\n");
        var size = header.Contains("X-Size", StringComparison.Ordinal) ? 30_000_000 : octets.Length;
        var envelope = new FilterEnvelope
        {
            From = header.Contains("Return-Path: <>", StringComparison.Ordinal) ? "" : "sender@example.test",
            To = "owner@example.test",
            Direction = outgoing ? MailDirection.Outgoing : MailDirection.Incoming,
        };
        var result = Compile(script).Run(new(new MimeFilterMessage(octets, size), envelope));
        Assert.Equal(effects, string.Join("; ", result.Effects));
    }

    [Fact]
    public void Every_example_is_run_here()
    {
        var tested = typeof(ExampleScriptTests).GetMethod(nameof(Example))!.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false)
            .Cast<InlineDataAttribute>().Select(row => (string)row.GetData(null!).Single()[0]).Distinct().Order();
        var present = Directory.GetFiles(Repository.Path("scripts"), "*.sieve").Select(path => Path.GetFileNameWithoutExtension(path)).Order();
        Assert.Equal(present, tested);
    }

    private static CompiledFilter Compile(string script)
    {
        var compilation = FilterCompiler.Compile(File.ReadAllBytes(Repository.Path("scripts", script + ".sieve")), script + ".sieve");
        Assert.Equal("", DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
        return compilation.Filter!;
    }
}
