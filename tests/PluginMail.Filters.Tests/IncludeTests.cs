using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>RFC 6609.</summary>
public sealed class IncludeTests
{
    private const string Top = "require [\"include\", \"fileinto\", \"variables\", \"editheader\"];";

    /// <summary>Runs the script "main"; the others are given as name and text, global ones with a slash before the name.</summary>
    private static async Task<FilterResult> Run(string main, params (string Name, string Text)[] scripts)
    {
        var filter = Scripts.Compile(main);
        var library = await FilterLibrary.GatherAsync(filter, (reference, _) => ValueTask.FromResult(Find(reference, main, scripts)), CancellationToken.None);
        return await filter.Link(library, new(ScriptLocation.Personal, "main")).RunAsync(Mail.Input(Scripts.MessageA));
    }

    private static FilterCompilation? Find(ScriptReference reference, string main, (string Name, string Text)[] scripts)
    {
        var name = (reference.Location == ScriptLocation.Global ? "/" : "") + reference.Name;
        var text = name == "main" ? main : scripts.FirstOrDefault(script => script.Name == name).Text;
        return text is null ? null : FilterCompiler.Compile(text, reference.Name);
    }

    private static async Task<string> Effects(string main, params (string Name, string Text)[] scripts)
    {
        var result = await Run(main, scripts);
        Assert.Null(result.Error);
        return string.Join("; ", result.Effects);
    }

    [Fact]
    public async Task A_script_runs_at_its_place() => Assert.Equal(
        "fileinto \"1\"; fileinto \"2\"; fileinto \"3\"",
        await Effects($"{Top} fileinto \"1\"; include \"a\"; fileinto \"3\";", ("a", "require \"fileinto\"; fileinto \"2\";")));

    [Fact]
    public async Task The_implicit_keep_is_one_of_all_scripts() =>
        Assert.Equal("implicit keep", await Effects("require \"include\"; include \"a\";", ("a", "# nothing")));

    [Fact]
    public async Task Locations_are_apart() => Assert.Equal(
        "fileinto \"mine\"; fileinto \"yours\"",
        await Effects(
            "require \"include\"; include :personal \"s\"; include :global \"s\";",
            ("s", "require \"fileinto\"; fileinto \"mine\";"), ("/s", "require \"fileinto\"; fileinto \"yours\";")));

    [Theory]
    [InlineData("return;", "fileinto \"before\"; fileinto \"after\"")]
    [InlineData("stop;", "fileinto \"before\"")]
    [InlineData("if true { return; }", "fileinto \"before\"; fileinto \"after\"")]
    public async Task Return_ends_a_script_and_stop_all(string end, string effects) => Assert.Equal(
        effects,
        await Effects(
            $"{Top} include \"a\"; fileinto \"after\";", ("a", $"require [\"include\", \"fileinto\"]; fileinto \"before\"; if true {{ {end} }} fileinto \"never\";")));

    [Fact]
    public async Task Return_in_the_main_script_is_stop() =>
        Assert.Equal("implicit keep", await Effects($"require [\"include\"]; if true {{ return; }} discard;"));

    [Theory]
    [InlineData("include \"missing\";", "does not exist")]
    [InlineData("include :global \"../../etc/passwd\";", "does not exist")]
    [InlineData("include \"main\";", "includes itself")]
    [InlineData("include \"a\";", "includes itself")]
    [InlineData("include \"broken\";", "has errors")]
    [InlineData("include \"d0\";", "more than 10 deep")]
    public async Task Errors_keep_the_message(string script, string message)
    {
        (string, string)[] scripts =
        [
            ("a", "require \"include\"; include \"b\";"), ("b", "require \"include\"; include \"a\";"), ("broken", "fileinto;"),
            .. Enumerable.Range(0, 20).Select(i => ($"d{i}", $"require \"include\"; include \"d{i + 1}\";")), ("d20", "discard;"),
        ];
        var result = await Run($"require \"include\"; {script}", scripts);
        Assert.Equal(FilterCodes.BadInclude, result.Error?.Code);
        Assert.Contains(message, result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("implicit keep", string.Join("; ", result.Effects));
    }

    [Theory]
    [InlineData("include :optional \"missing\";")]
    [InlineData("include :once \"main\";")]
    [InlineData("include :once :optional \"missing\";")]
    public async Task Some_are_passed_over(string script) => Assert.Equal("implicit keep", await Effects($"require \"include\"; {script}"));

    [Fact]
    public async Task Once_is_once_in_all_scripts() => Assert.Equal(
        "fileinto :copy \"x1\"; implicit keep",
        await Effects(
            "require [\"include\", \"variables\"]; include \"a\"; include :once \"a\"; include \"b\";",
            ("a", "require [\"variables\", \"include\", \"fileinto\", \"copy\"]; global \"n\"; set \"n\" \"${n}1\"; fileinto :copy \"x${n}\";"),
            ("b", "require \"include\"; include :once \"a\";")));

    [Fact]
    public async Task The_example_of_section_3_4_1()
    {
        const string Main = """
            require ["fileinto", "include", "variables"];
            global "test";
            global "test_mailbox";
            set "test" "$$";
            include "subject_tests";
            set "test" "a present";
            include "subject_tests";
            if string :is "${test_mailbox}" "spam-a present"
            {
                fileinto "${test_mailbox}";
                stop;
            }
            """;
        const string Tests = """
            require ["include", "variables"];
            global ["test", "test_mailbox"];
            if header :contains "Subject" "${test}"
            {
                set "test_mailbox" "spam-${test}";
            }
            """;
        Assert.Equal("fileinto \"spam-a present\"", await Effects(Main, ("subject_tests", Tests)));
    }

    [Fact]
    public async Task Variables_are_private_unless_they_are_global() => Assert.Equal(
        "fileinto \"mine-theirs-\"",
        await Effects(
            $"{Top} set \"a\" \"mine\"; include \"s\"; fileinto \"${{a}}-${{global.b}}-${{b}}\";",
            ("s", "require [\"variables\", \"include\"]; set \"a\" \"changed\"; global \"b\"; set \"b\" \"theirs\";")));

    [Fact]
    public async Task A_variable_that_was_set_cannot_become_global()
    {
        var result = await Run("require [\"include\", \"variables\"]; set \"a\" \"1\"; global \"a\";");
        Assert.Equal(FilterCodes.BadVariable, result.Error?.Code);
    }

    [Fact]
    public async Task Edits_are_seen_both_ways() => Assert.Equal(
        "fileinto \"seen\"",
        await Effects(
            $"{Top} addheader \"X-A\" \"1\"; include \"s\"; if header \"X-B\" \"2\" {{ fileinto \"seen\"; }}",
            ("s", "require \"editheader\"; if header \"X-A\" \"1\" { addheader \"X-B\" \"2\"; }")));

    [Fact]
    public async Task A_conflict_is_one_of_all_scripts()
    {
        var result = await Run("require [\"include\", \"reject\"]; reject \"no\"; include \"s\";", ("s", "\n\nkeep;"));
        Assert.Equal((FilterCodes.ConflictingActions, "s", 3), (result.Error?.Code, result.Error?.Script, result.Error?.Line));
    }

    [Fact]
    public async Task Outgoing_mail_is_seen_through_an_included_script()
    {
        var filter = Scripts.Compile("require \"include\"; include \"s\";");
        var inner = FilterCompiler.Compile("if direction \"outgoing\" { copy \"Sent/All\"; }");
        var library = await FilterLibrary.GatherAsync(filter, (_, _) => ValueTask.FromResult<FilterCompilation?>(inner), CancellationToken.None);
        var result = filter.Link(library).Run(Mail.Input(Scripts.MessageA, Mail.Envelope with { Direction = MailDirection.Outgoing }));
        Assert.Equal("fileinto :copy \"Sent/All\"; implicit keep", string.Join("; ", result.Effects));
    }

    [Theory]
    [InlineData("require \"include\"; global \"a\";", FilterCodes.MissingRequire)]
    [InlineData("require [\"include\", \"variables\"]; global \"1a\";", FilterCodes.BadVariable)]
    [InlineData("require [\"include\", \"variables\"]; global \"a.b\";", FilterCodes.BadVariable)]
    [InlineData("require \"include\"; include \"\";", FilterCodes.BadValue)]
    [InlineData("require \"include\"; include :personal :global \"a\";", FilterCodes.ConflictingTags)]
    [InlineData("require [\"include\"]; return; keep;", FilterCodes.Unreachable)]
    [InlineData("require \"variables\"; keep; redirect \"${global.a}@b.example\";", FilterCodes.MissingRequire)]
    public void What_the_checker_says(string script, string code) => Assert.Contains(code, Scripts.Codes(script), StringComparison.Ordinal);
}
