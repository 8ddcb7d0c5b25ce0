using PluginMail.Filters.Evaluation;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>Variables (RFC 5229), with the document's own examples.</summary>
public sealed class VariablesTests
{
    private const string Require = "require [\"variables\", \"fileinto\", \"envelope\"];\n";

    /// <summary>The value of a variable after a script, shown as a folder.</summary>
    private static string ValueAfter(string script, string text, string message = MessageA, string require = Require) =>
        Actions($"{require}{script} fileinto \"x{text}\";", message).Replace("fileinto \"x", "", StringComparison.Ordinal).TrimEnd('"');

    [Theory]
    [InlineData("&%${}!", "&%${}!")]
    [InlineData("${doh!}", "${doh!}")]
    [InlineData("&%${company}!", "&%ACME!")]
    [InlineData("${unset}.", ".")]
    [InlineData("${President, ${company} Inc.}", "${President, ACME Inc.}")]
    [InlineData("${fo\\o}", "")]
    [InlineData("${fo\\\\o}", "${fo\\o}")]
    [InlineData("\\${company}", "ACME")]
    [InlineData("\\\\${company}", "\\ACME")]
    [InlineData("${COMPANY}${company", "ACME${company")]
    [InlineData("${0}${00}${12}|", "|")]
    [InlineData("$${company}", "$ACME")]
    [InlineData("${${company}}", "${ACME}")]
    [InlineData("${-}", "${-}")]
    [InlineData("${9a}", "${9a}")]
    public void Section_3_expansion(string written, string value) => Assert.Equal(value, ValueAfter("set \"company\" \"ACME\";", written));

    [Fact]
    public void Section_3_a_dollar_by_itself() => Assert.Equal(
        "regarding ${beep}", ValueAfter("set \"dollar\" \"$\"; set \"text\" \"regarding ${dollar}{beep}\";", "${text}"));

    [Fact]
    public void Section_3_1_encoded_characters_come_first() => Assert.Equal(
        "dear Ethelbert",
        ValueAfter("set \"name\" \"Ethelbert\";", "dear${hex:20 24 7b 4e}ame}", require: "require [\"encoded-character\", \"variables\", \"fileinto\"];"));

    [Theory]
    [InlineData("\"juMBlEd lETteRS\"", "", "juMBlEd lETteRS")]
    [InlineData("\"${a}\"", ":length", "15")]
    [InlineData("\"${a}\"", ":lower", "jumbled letters")]
    [InlineData("\"${a}\"", ":upperfirst", "JuMBlEd lETteRS")]
    [InlineData("\"${a}\"", ":upperfirst :lower", "Jumbled letters")]
    [InlineData("\"${a}\"", ":lowerfirst :upper", "jUMBLED LETTERS")]
    [InlineData("\"Rock*\"", ":quotewildcard", "Rock\\*")]
    [InlineData("\"Rock*\"", ":quotewildcard :length", "6")]
    [InlineData("\"äöü€\"", ":length", "4")]
    [InlineData("\"äÄx\"", ":upper", "äÄX")]
    public void Section_4_1_modifiers(string value, string modifiers, string result) =>
        Assert.Equal(result, ValueAfter($"set \"a\" \"juMBlEd lETteRS\"; set {modifiers} \"b\" {value};", "${b}"));

    [Theory]
    [InlineData("header :matches \"List-ID\" \"*<*@*\"", "${0}|${1}|${2}|${3}", "Acme Users <users@lists.example>|Acme Users |users|lists.example>")]
    [InlineData("header :matches \"Subject\" \"[*] *\"", "${1}|${2}", "acme-users|[fwd] version 1.0 is out")]
    [InlineData("header :matches \"Subject\" \"[*] ??????ver*i?n *.? *\"", "${1}|${2}${3}|${8}|${9}|${10}|${12}", "acme-users|[f|s|o|1|is out")]
    [InlineData("address :matches [\"To\", \"Cc\"] [\"coyote@**.com\", \"wile@**.com\"]", "${0}|${1}|${2}", "coyote@ACME.Example.COM||ACME.Example")]
    [InlineData("anyof (true, address :domain :matches \"To\" \"*.com\")", "${0}|${1}", "|")]
    [InlineData("allof (header :matches \"Subject\" \"*version*\", not header :matches \"Subject\" \"*nothing*\")", "${2}", " 1.0 is out")]
    [InlineData("header :matches \"X-None\" \"*\"", "${0}", null)]
    [InlineData("header :comparator \"i;octet\" :matches \"Subject\" \"*VERSION*\"", "${0}", null)]
    [InlineData("header :matches \"Subject\" \"*is?out\"", "${1}|${2}", "[acme-users] [fwd] version 1.0 | ")]
    public void Section_3_2_match_variables(string test, string text, string? value)
    {
        const string Message = "Subject: [acme-users] [fwd] version 1.0 is out\nTo: coyote@ACME.Example.COM\nList-ID: Acme Users <users@lists.example>\n\nx";
        Assert.Equal(value is null ? "implicit keep" : $"fileinto \"x{value}\"", Actions($"{Require} if {test} {{ fileinto \"x{text}\"; }}", Message));
    }

    [Theory]
    [InlineData("subject :matches \"*grüß*\"", "AÄ", " GOTT")]
    [InlineData("subject :matches \"?ä*\"", "A", "ä")]
    public void Captures_are_the_octets_of_the_value_whatever_the_comparator_folds(string test, string first, string second)
    {
        var message = "Subject: " + (first + (test.Contains('*') && second[0] == ' ' ? "Grüß" : "Ä") + second) + "\n\nx";
        Assert.StartsWith($"fileinto \"x{first}|", Actions($"{Require} if {test} {{ fileinto \"x${{1}}|${{2}}\"; }}", message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("string :matches \" ${state} \" \"* pending *\"", true)]
    [InlineData("string \"${unset}\" \"\"", true)]
    [InlineData("string [\"a\", \"${state}\"] \" PENDING\"", true)]
    [InlineData("string :contains \"${state}\" [\"no\", \"end\"]", true)]
    [InlineData("string \" a\" \"a\"", false)]
    public void Section_5_string(string test, bool outcome) =>
        Assert.Equal(outcome, IsTrue(test, require: "require \"variables\"; set \"state\" \"${state} pending\";"));

    [Fact]
    public void Keys_and_header_names_may_be_variables()
    {
        Assert.True(IsTrue("header :contains \"${h}\" \"${k}nt\"", require: "require \"variables\"; set \"h\" \"subject\"; set \"k\" \"prese\";"));
        Assert.True(IsTrue("address :domain \"${h}\" \"${k}\"", require: "require \"variables\"; set \"h\" \"FROM\"; set \"k\" \"DESERT.example.org\";"));
        Assert.False(IsTrue("exists [\"${h}\", \"${k}\"]", require: "require \"variables\"; set \"h\" \"FROM\"; set \"k\" \"x-none\";"));
        Assert.True(IsTrue("subject :starts_with \"${k}\"", require: "require \"variables\"; set \"k\" \"i have\";"));
    }

    [Theory]
    [InlineData("set \"0\" \"x\";", "F1040")]
    [InlineData("set \"a-b\" \"x\";", "F1040")]
    [InlineData("set \"a.b\" \"x\";", "F1040")]
    [InlineData("set \"a\" \"${b.c}\";", "F1040")]
    [InlineData("set \"a\" \"${100}\";", "F1040")]
    [InlineData("set :upper :lower \"a\" \"b\";", "F1012")]
    [InlineData("set :shout \"a\" \"b\";", "F1005")]
    [InlineData("set [\"a\"] \"b\";", "F1009")]
    public void What_is_wrong_is_found_before_a_run(string script, string code) => Assert.Equal(code, Codes("require \"variables\";" + script));

    [Fact]
    public void Without_require_nothing_is_expanded() =>
        Assert.Equal("fileinto \"${a}\"", Actions("require \"fileinto\"; fileinto \"${a}\";"));

    [Fact]
    public void A_missing_require_is_reported_with_its_fix() =>
        Assert.Equal("require \"variables\";\nset \"a\" \"b\";", Fixed("set \"a\" \"b\";"));

    [Theory]
    [InlineData("fileinto \"${unset}\";")]
    [InlineData("redirect \"${unset}\";")]
    [InlineData("move \"${unset}\";")]
    public void A_value_that_its_action_cannot_take_keeps_the_message(string action)
    {
        var result = RunOn(Require + action, MessageA);
        Assert.Equal("F3010", result.Error?.Code);
        Assert.True(result.IsKept);
    }

    [Fact]
    public void Values_are_cut_at_a_character_without_an_error()
    {
        var script = $"require \"variables\"; set \"a\" \"{new string('€', 5000)}\"; set \"a\" \"${{a}}${{a}}\"; set :length \"n\" \"${{a}}\"; if string \"${{n}}\" \"5461\" {{ discard; }}";
        Assert.Equal("discard", Actions(script));
    }

    [Fact]
    public void All_variables_together_are_bounded()
    {
        var script = "require \"variables\"; set \"a\" \"" + new string('x', 16_000) + "\";"
            + string.Concat(Enumerable.Range(0, 100).Select(i => $"set \"v{i}\" \"${{a}}\";"));
        Assert.Equal("F3011", RunOn(script, MessageA).Error?.Code);
    }

    [Fact]
    public void Plugins_see_what_variables_stand_for_in_a_trace()
    {
        var result = RunOn(
            Require + "if header :matches \"subject\" \"*present*\" { fileinto \"${2}\"; }", MessageA, options: new FilterRunOptions { Traces = true });
        Assert.Contains(result.Trace, entry => entry.Text.Contains(" for you", StringComparison.Ordinal));
    }
}
