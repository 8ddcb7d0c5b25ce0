using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Editing;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Fuzz;

/// <summary>Any script on any message. A seed is a script, a line of four percent signs, and a message.</summary>
public sealed class FilterFuzz
{
    private const long LargestAllocation = 512L << 20;

    private static readonly FilterRunOptions Options = new() { Limits = new() { Steps = 200_000 } };

    private static readonly FilterEnvelope Incoming = new()
    {
        From = "ada+list@corp.example", To = "u1@example.test", OriginalTo = "alias@example.test", OwnerAddresses = ["u1@example.test"],
    };

    private static readonly string[] Words =
    [
        "\r\n", "\n", "%%%%\r\n", "{", "}", "(", ")", "[", "]", ";", ",", "\"", "\\", "\\\\", "${", "}", "*", "?", ":", "#", "/*", "*/", "text:\r\n", "\r\n.\r\n",
        "if ", "elsif ", "else ", "not ", "allof (", "anyof (", "stop;", "keep;", "discard;", "foreverypart {", "break;", "return;", "include \"x\";",
        "require [\"variables\", \"regex\", \"mime\", \"body\", \"editheader\"];\r\n", "header :matches ", "header :regex ", ":comparator \"i;ascii-numeric\" ",
        ":index 1 ", ":last ", ":mime ", ":anychild ", ":count \"gt\" ", ":value \"le\" ", "${1}", "${a}", "${hex:00 ff}", "${unicode:10ffff}", "${env.name}",
        "set \"a\" \"${a}${a}x\";", "addheader \"X\" \"${a}\";", "deleteheader \"subject\";", "enclose \"x\";", "replace \"y\";", "(a*)*b", "(a|aa)+$", "[[:alpha:]]{1,255}",
        "999999999999999999999", "255G", "\0", "\u00e4", "\uFFFD", "Subject: ", "From: ", "Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n", "\r\n\r\n",
    ];

    [Fact]
    public void Compile_and_run() => FuzzRun.Run("filter", Words, input =>
    {
        var (script, message) = Split(input);
        var compilation = FilterCompiler.Compile(script);
        AssertFindings(compilation, script.Length);
        if (compilation.Filter is not { } filter)
        {
            return;
        }

        foreach (var direction in (MailDirection[])[MailDirection.Incoming, MailDirection.Outgoing])
        {
            var plain = Run(filter, message, direction, traces: false);
            var traced = Run(filter, message, direction, traces: true);
            if (plain.Error is null && traced.Error is null)
            {
                // With a trace tests are evaluated one by one, without one a large script's together.
                Assert.Equal(TextOf(traced), TextOf(plain));
            }
        }
    });

    [Fact]
    public void Format_and_repair() => FuzzRun.Run("filter", Words, input =>
    {
        var (script, _) = Split(input);
        var before = FilterCompiler.Compile(script);
        if (ScriptFormatter.Format(before.Syntax.Text) is { } formatted)
        {
            Assert.Equal(before.HasErrors, FilterCompiler.Compile(formatted).HasErrors);
        }

        var repairs = FilterRepair.Repair(script, "script");
        Assert.InRange(repairs.Script.Length, 0, (script.Length * 4) + 10_000);
    });

    private static (byte[] Script, byte[] Message) Split(byte[] input)
    {
        var at = input.AsSpan().IndexOf("%%%%\r\n"u8);
        return at < 0 ? (input, "Subject: x\r\n\r\ny\r\n"u8.ToArray()) : (input[..at], input[(at + 6)..]);
    }

    private static void AssertFindings(FilterCompilation compilation, int length)
    {
        Assert.Equal(compilation.HasErrors, compilation.Errors.Any());
        Assert.InRange(compilation.Diagnostics.Length, 0, 1000);
        foreach (var finding in compilation.Diagnostics)
        {
            Assert.InRange(finding.Span.Start, 0, length);
            Assert.InRange(finding.Span.End, finding.Span.Start, length);
            Assert.NotEmpty(finding.Message);
        }

        _ = DiagnosticPrinter.Print(compilation.Syntax.Text, compilation.Diagnostics);
    }

    /// <summary>Runs a script. It ends, within its limits, and says what becomes of the message.</summary>
    private static FilterResult Run(CompiledFilter filter, byte[] message, MailDirection direction, bool traces)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var input = new FilterInput(MimeFilterMessage.Of(message), Incoming with { Direction = direction });
        var pending = filter.RunAsync(input, Options with { Traces = traces });
        Assert.True(pending.IsCompleted); // nobody is there to be asked
        var result = pending.GetAwaiter().GetResult();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, LargestAllocation);
        Assert.InRange(result.Effects.Length, result.Error is null ? 0 : 1, Options.Limits.Actions + 1);
        Assert.InRange(result.Changes.Length, 0, Options.Limits.Changes);
        Assert.True(result.Error is not null || result.Steps <= Options.Limits.Steps);
        foreach (var effect in result.Effects)
        {
            Assert.NotEmpty(effect.ToString());
        }

        return result;
    }

    private static string TextOf(FilterResult result) => string.Join("; ", result.Effects.Select(effect => $"{effect} {string.Join(' ', effect.Changes)}"));
}
