using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Tests.Support;

/// <summary>Runs scripts on messages and says in words what came of it.</summary>
internal static class Scripts
{
    /// <summary>Message A of RFC 5228 section 1.2.</summary>
    public const string MessageA = """
        Date: Tue, 1 Apr 1997 09:06:31 -0800 (PST)
        From: coyote@desert.example.org
        To: roadrunner@acme.example.com
        Subject: I have a present for you

        Look, I'm sorry about the whole anvil thing, and I really
        """;

    /// <summary>Message B of RFC 5228 section 1.2.</summary>
    public const string MessageB = """
        From: youcouldberich!@reply-by-postal-mail.invalid
        Sender: b1ff@de.res.example.com
        To: rube@landru.example.com
        Date:  Mon, 31 Mar 1997 18:26:10 -0800
        Subject: $$$ YOU, TOO, CAN BE A MILLIONAIRE! $$$

        YOU MAY HAVE ALREADY WON TEN MILLION DOLLARS
        """;

    public static FilterEnvelope Envelope { get; } = new() { From = "coyote@desert.example.org", To = "roadrunner@acme.example.com" };

    public static CompiledFilter Compile(string script)
    {
        var compilation = FilterCompiler.Compile(script);
        Assert.True(compilation.Filter is not null, DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
        return compilation.Filter!;
    }

    public static FilterResult RunOn(string script, string message, FilterEnvelope? envelope = null, FilterRunOptions? options = null) =>
        Compile(script).Run(new(new TestMessage(message), envelope ?? Envelope), options);

    /// <summary>What a script does where the host has something to say.</summary>
    public static async Task<FilterResult> RunOnAsync(string script, FilterContext context, string message = MessageA, FilterEnvelope? envelope = null) =>
        await Compile(script).RunAsync(new(new TestMessage(message), envelope ?? Envelope) { Context = context });

    /// <summary>Whether a test is true where the host has something to say.</summary>
    public static async Task<bool> IsTrueAsync(string require, string test, FilterContext context, string message = MessageA, FilterEnvelope? envelope = null)
    {
        var result = await RunOnAsync($"require [{require}]; if {test} {{ discard; }}", context, message, envelope);
        Assert.Null(result.Error);
        return result.Effects is [FilterEffect.Discard];
    }

    /// <summary>The actions, separated by semicolons.</summary>
    public static string Actions(string script, string message = MessageA, FilterEnvelope? envelope = null)
    {
        var result = RunOn(script, message, envelope);
        Assert.Null(result.Error);
        return string.Join("; ", result.Effects);
    }

    /// <summary>Whether a test is true of a message.</summary>
    public static bool IsTrue(string test, string message = MessageA, FilterEnvelope? envelope = null, string require = "") =>
        Actions($"{require} if {test} {{ discard; }}", message, envelope) == "discard";

    /// <summary>The codes of all findings, in order.</summary>
    public static string Codes(string script) => string.Join(' ', FilterCompiler.Compile(script).Diagnostics.Select(item => item.Code));

    /// <summary>The only finding of a script.</summary>
    public static Diagnostic Single(string script)
    {
        var compilation = FilterCompiler.Compile(script);
        Assert.True(compilation.Diagnostics.Length == 1, DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics));
        return compilation.Diagnostics[0];
    }

    /// <summary>The script with the fix of its only finding made.</summary>
    public static string Fixed(string script)
    {
        var fix = Single(script).Fix;
        Assert.NotNull(fix);
        return SourceText.From(fix.Apply(SourceText.From(script).Octets)).ToString();
    }
}
