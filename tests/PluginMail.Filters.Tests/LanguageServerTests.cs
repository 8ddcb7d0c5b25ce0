using System.Collections.Immutable;
using System.Text.Json.Nodes;
using PluginMail.Abstractions;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Tests.Support;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Tests;

/// <summary>The language server's answers, message by message; tests/EndToEnd has a real editor speak with it.</summary>
public sealed class LanguageServerTests
{
    private const string Document = """{"textDocument":{"uri":"file:///a.sieve"}}""";

    [Fact]
    public async Task Diagnostics_come_with_places_tags_and_related_places()
    {
        await using var client = await StartAsync();
        var findings = await client.OpenAsync("/* 😀 */ if size :ovr 5M { keep; }\n");
        Assert.Equal(["F1005", "F1025", "F1010"], findings.Select(finding => (string)finding!["code"]!).OrderBy(code => code != "F1005").ThenByDescending(code => code));
        Assert.Equal("""{"start":{"line":0,"character":17},"end":{"line":0,"character":21}}""", findings.Single(finding => (string)finding!["code"]! == "F1005")!["range"]!.ToJsonString());
        await client.NotifyAsync("textDocument/didChange", Change("""{"range":{"start":{"line":0,"character":18},"end":{"line":0,"character":21}},"text":"over"}"""));
        Assert.Empty(await client.DiagnosticsAsync());
        await client.NotifyAsync("textDocument/didChange", Change("""{"text":"stop;\nkeep;"}"""));
        var unreachable = (await client.DiagnosticsAsync()).Single()!;
        Assert.Equal(1, (int)unreachable["tags"]![0]!);
        Assert.Equal(0, (int)unreachable["relatedInformation"]![0]!["location"]!["range"]!["start"]!["line"]!);
        await client.NotifyAsync("textDocument/didClose", Document);
        Assert.Empty(await client.DiagnosticsAsync());
    }

    [Theory]
    [InlineData("|", "keep fileinto if", "header :contains")]
    [InlineData("if true { ke|", "keep stop", "header")]
    [InlineData("if |", "header allof subject size", "keep")]
    [InlineData("if not he|", "header", "keep")]
    [InlineData("if allof (true, |", "header any", "keep fileinto")]
    [InlineData("if header :|", ":contains :matches :comparator", ":base :domain keep")]
    [InlineData("if subject :b| \"x\" { keep; }", ":base :starts_with", ":domain")]
    [InlineData("if allof (header :is \"a\" \"b\", size :|", ":over :under", ":contains")]
    [InlineData("require [\"fileinto\", \"|", "copy envelope fileinto", "keep")]
    [InlineData("require \"|\";", "copy envelope", "keep")]
    [InlineData("fileinto \"|\";", "Finance INBOX", "keep")]
    [InlineData("if header :comparator \"|\" \"a\" \"b\" { keep; }", "i;octet i;ascii-casemap", "Finance")]
    [InlineData("if envelope [\"from\", \"|\"] \"b\" { keep; }", "to", "Subject")]
    [InlineData("if header \"|\" \"b\" { keep; }", "Subject From", "to")]
    [InlineData("if direction \"|", "incoming outgoing", "keep")]
    [InlineData("# ke|", "", "keep")]
    [InlineData("if header \"subject\" \"|", "", "keep Subject")]
    [InlineData("redirect \"|", "anna@example.test sales@example.test", "Finance")]
    [InlineData("move \"|", "Finance INBOX sales@example.test", "keep")]
    [InlineData("if address \"to\" \"|", "sales@example.test tag:team@example.test,2026:members", "Finance")]
    [InlineData("if valid_ext_list \"|", "tag:team@example.test,2026:members", "Finance")]
    [InlineData("if ra|", "rains", "lift")]
    [InlineData("li|", "lift", "rains")]
    public async Task Completion_offers_what_fits(string script, string offered, string others)
    {
        await using var client = await StartAsync();
        await client.OpenAsync(script.Replace("|", "", StringComparison.Ordinal));
        var answer = await client.RequestAsync("textDocument/completion", At(script.IndexOf('|')));
        var labels = answer["result"]!["items"]!.AsArray().Select(item => (string)item!["label"]!).ToList();
        Assert.All(offered.Split(' ', StringSplitOptions.RemoveEmptyEntries), label => Assert.Contains(label, labels));
        Assert.All(others.Split(' ', StringSplitOptions.RemoveEmptyEntries), label => Assert.DoesNotContain(label, labels));
    }

    [Fact]
    public async Task A_completed_word_brings_its_require()
    {
        await using var client = await StartAsync();
        await client.OpenAsync("require \"copy\";\nfilei");
        var answer = await client.RequestAsync("textDocument/completion", """{"textDocument":{"uri":"file:///a.sieve"},"position":{"line":1,"character":5}}""");
        var item = answer["result"]!["items"]!.AsArray().Single(item => (string)item!["label"]! == "fileinto")!;
        Assert.Equal("[\"copy\", \"fileinto\"]", (string)item["additionalTextEdits"]![0]!["newText"]!);
        Assert.Equal("""{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":5}},"newText":"fileinto"}""", item["textEdit"]!.ToJsonString());
    }

    [Theory]
    [InlineData("if he|ader :contains \"a\" \"b\" { keep; }", "header [COMPARATOR]")]
    [InlineData("if not header :con|tains \"a\" \"b\" { keep; }", "a part of the value")]
    [InlineData("if true { if true { dis|card; } }", "Cancels the implicit keep")]
    [InlineData("require \"file|into\";", "RFC 5228 4.1")]
    [InlineData("if header :comparator \"i;oc|tet\" \"a\" \"b\" { keep; }", "RFC 4790")]
    public async Task Hover_shows_the_vocabulary(string script, string shown)
    {
        await using var client = await StartAsync();
        await client.OpenAsync(script.Replace("|", "", StringComparison.Ordinal));
        var answer = await client.RequestAsync("textDocument/hover", At(script.IndexOf('|')));
        Assert.Contains(shown, (string)answer["result"]!["contents"]!["value"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Formatting_and_quick_fixes_are_edits()
    {
        await using var client = await StartAsync();
        await client.OpenAsync("# rule:[é]\nif true{fileinto \"A\";}\nif size :over 1MB{keep}");
        var actions = await client.RequestAsync(
            "textDocument/codeAction", """{"textDocument":{"uri":"file:///a.sieve"},"range":{"start":{"line":1,"character":10},"end":{"line":1,"character":10}},"context":{"diagnostics":[]}}""");
        var titles = actions["result"]!.AsArray().Select(action => (string)action!["title"]!).ToList();
        Assert.Equal(["require \"fileinto\" (F1001)", "Make all 3 certain repairs"], titles);
        var all = (string)actions["result"]![1]!["edit"]!["changes"]!["file:///a.sieve"]![0]!["newText"]!;
        Assert.Equal("require \"fileinto\";\n# rule:[é]\nif true{fileinto \"A\";}\nif size :over 1M{keep;}", all);
        Assert.Empty((await client.RequestAsync("textDocument/formatting", Document))["result"]!.AsArray());
        await client.NotifyAsync("textDocument/didChange", Change("""{"text":"# rule:[é]\nkeep  ;"}"""));
        await client.DiagnosticsAsync();
        var formatted = await client.RequestAsync("textDocument/formatting", Document);
        Assert.Equal("# rule:[é]\nkeep;\n", (string)formatted["result"]![0]!["newText"]!);
    }

    [Fact]
    public async Task The_end_is_orderly_only_after_shutdown()
    {
        var client = await StartAsync();
        Assert.Null((await client.RequestAsync("shutdown"))["error"]);
        Assert.Equal(-32600, (int)(await client.RequestAsync("textDocument/hover"))["error"]!["code"]!);
        await client.NotifyAsync("exit", "null");
        Assert.Equal(0, await client.Server);
        await using var abrupt = await StartAsync();
        await abrupt.NotifyAsync("exit", "null");
        Assert.Equal(1, await abrupt.Server);
    }

    [Fact]
    public async Task Faulty_messages_are_answered_and_survived()
    {
        await using var client = new LanguageClient();
        Assert.Equal(-32002, (int)(await client.RequestAsync("textDocument/hover"))["error"]!["code"]!);
        await client.SendMessageAsync("{");
        Assert.Equal(-32700, (int)(await client.ReadAsync())["error"]!["code"]!);
        await client.RequestAsync("initialize");
        Assert.Equal(-32601, (int)(await client.RequestAsync("workspace/symbol"))["error"]!["code"]!);
        foreach (var parameters in (string[])["[]", "null", "{}", "7", """{"textDocument":7,"position":{"line":-1}}""", """{"textDocument":{"uri":"file:///none"},"contentChanges":[7]}"""])
        {
            await client.NotifyAsync("textDocument/didOpen", parameters);
            await client.NotifyAsync("textDocument/didChange", parameters);
            Assert.NotNull((await client.RequestAsync("textDocument/completion", parameters))["result"]);
            Assert.Null((await client.RequestAsync("textDocument/hover", parameters))["result"]);
            Assert.Empty((await client.RequestAsync("textDocument/codeAction", parameters))["result"]!.AsArray());
        }
    }

    [Theory]
    [InlineData("Content-Length: 99999999999\r\n\r\n")]
    [InlineData("Content-Length: -1\r\n\r\n")]
    [InlineData("Content-Type: x\r\n\r\n{}")]
    [InlineData("\r\n\r\n")]
    public async Task What_is_no_message_ends_the_server(string octets)
    {
        await using var client = await StartAsync();
        await client.SendAsync(octets);
        Assert.Equal(1, await client.Server);
    }

    [Fact]
    public async Task Edits_at_any_place_never_end_the_server()
    {
        await using var client = await StartAsync();
        await client.OpenAsync("if header \"a\" \"é😀\" { keep; }\n# rule:[x]\nkeep;\n");
        var random = new Random(20261124);
        string[] texts = ["", "\"", "{", "}", "é", "😀", "\n", "text:\n", ".\n", "if ", ":over 5", "#", "/*", "(", "[", ",", ";"];
        for (var i = 0; i < 300; i++)
        {
            var (line, character) = (random.Next(5), random.Next(40));
            var range = $$$"""{"start":{"line":{{{line}}},"character":{{{character}}}},"end":{"line":{{{line + random.Next(2)}}},"character":{{{character + random.Next(3)}}}}}""";
            await client.NotifyAsync("textDocument/didChange", Change($$$"""{"range":{{{range}}},"text":{{{JsonValue.Create(texts[random.Next(texts.Length)])!.ToJsonString()}}}}"""));
            await client.DiagnosticsAsync();
            var place = $$$"""{"textDocument":{"uri":"file:///a.sieve"},"position":{"line":{{{line}}},"character":{{{character}}}}}""";
            Assert.Null((await client.RequestAsync("textDocument/completion", place))["error"]);
            Assert.Null((await client.RequestAsync("textDocument/hover", place))["error"]);
            Assert.Null((await client.RequestAsync("textDocument/formatting", Document))["error"]);
        }
    }

    private static async Task<LanguageClient> StartAsync()
    {
        var vocabulary = FilterVocabulary.CreateBuilder();
        vocabulary.Add("weather", new Weather());
        var mailbox = new FilterMailbox(["INBOX", "Finance"], ["anna@example.test", "sales@example.test"]) { Lists = ["tag:team@example.test,2026:members"] };
        var client = new LanguageClient(new FilterCompilerOptions { Vocabulary = vocabulary.Build(), Mailbox = mailbox });
        var answer = await client.RequestAsync("initialize", """{"processId":null,"rootUri":null,"capabilities":{}}""");
        Assert.Equal("utf-16", (string)answer["result"]!["capabilities"]!["positionEncoding"]!);
        await client.NotifyAsync("initialized", "{}");
        return client;
    }

    [Theory]
    [InlineData("require \"fileinto\"; fileinto \"Fina|nce\";", "`Finance`: a folder of the mailbox")]
    [InlineData("require \"fileinto\"; fileinto \"Finances|\";", "`Finances`: no folder of the mailbox; it is made when a message is filed there")]
    [InlineData("redirect \"sales@|example.test\";", "`sales@example.test`: an address of the mailbox")]
    public async Task Hover_says_what_a_string_is_to_the_mailbox(string script, string text)
    {
        await using var client = await StartAsync();
        await client.OpenAsync(script.Replace("|", "", StringComparison.Ordinal));
        Assert.Equal(text, (string)(await client.RequestAsync("textDocument/hover", At(script.IndexOf('|'))))["result"]!["contents"]!["value"]!);
    }

    [Fact]
    public async Task Words_of_plugins_are_documented_and_checked()
    {
        await using var client = await StartAsync();
        Assert.Equal("F1002", (string)(await client.OpenAsync("if rainz { keep; }"))[0]!["code"]!);
        await client.NotifyAsync("textDocument/didChange", Change("""{"text":"if rains { keep; }"}"""));
        Assert.Empty(await client.DiagnosticsAsync());
        Assert.Contains("plugin weather", (string)(await client.RequestAsync("textDocument/hover", At(5)))["result"]!["contents"]!["value"]!);
    }

    private sealed class Weather : IFilterVocabulary
    {
        public ImmutableArray<FilterTest> Tests => [new("rains", "True when it rains.", [], IsPure: false, (_, _, _) => new(true))];

        public ImmutableArray<FilterAction> Actions => [new("lift", "Lifts the umbrella.", [], CancelsKeep: false, (_, _, _) => new(Verdict.Pass))];
    }

    private static string At(int character) => $$$"""{"textDocument":{"uri":"file:///a.sieve"},"position":{"line":0,"character":{{{character}}}}}""";

    private static string Change(string change) => $$"""{"textDocument":{"uri":"file:///a.sieve","version":2},"contentChanges":[{{change}}]}""";
}
