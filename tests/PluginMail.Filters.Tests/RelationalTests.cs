using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>relational (RFC 5231), i;ascii-numeric (RFC 4790 9.1) and subaddress (RFC 5233).</summary>
public sealed class RelationalTests
{
    private const string Require = "require [\"relational\", \"comparator-i;ascii-numeric\"];";
    private const string Message = """
        Received: one
        Received: two
        Subject: example
        To: foo@example.com, baz@example.com
        Cc: qux@example.com
        X-Priority: 2 (High)

        x
        """;

    [Theory]
    [InlineData("address :count \"ge\" :comparator \"i;ascii-numeric\" [\"to\", \"cc\"] [\"3\"]", true)]
    [InlineData("anyof (address :count \"ge\" :comparator \"i;ascii-numeric\" [\"to\"] [\"3\"], address :count \"ge\" :comparator \"i;ascii-numeric\" [\"cc\"] [\"3\"])", false)]
    [InlineData("header :count \"ge\" :comparator \"i;ascii-numeric\" [\"received\"] [\"3\"]", false)]
    [InlineData("header :count \"ge\" :comparator \"i;ascii-numeric\" [\"received\", \"subject\"] [\"3\"]", true)]
    [InlineData("header :count \"ge\" :comparator \"i;ascii-numeric\" [\"to\", \"cc\"] [\"3\"]", false)]
    [InlineData("header :count \"eq\" :comparator \"i;ascii-numeric\" \"x-none\" \"0\"", true)]
    public void Section_6_count(string test, bool outcome) => Assert.Equal(outcome, IsTrue(test, Message, require: Require));

    [Theory]
    [InlineData("lt", "3", true)]
    [InlineData("lt", "2", false)]
    [InlineData("le", "02", true)]
    [InlineData("eq", "2x", true)]
    [InlineData("ne", "2", false)]
    [InlineData("gt", "x", false)]
    [InlineData("lt", "x", true)]
    [InlineData("lt", "99999999999999999999999999999999999999", true)]
    [InlineData("ge", "0", true)]
    public void Section_4_1_value_by_number(string relation, string key, bool outcome) => Assert.Equal(
        outcome, IsTrue($"header :value \"{relation}\" :comparator \"i;ascii-numeric\" \"x-priority\" \"{key}\"", Message, require: Require));

    [Theory]
    [InlineData("address :value \"gt\" :all :comparator \"i;ascii-casemap\" \"to\" \"M\"", false)]
    [InlineData("address :value \"gt\" :comparator \"i;ascii-casemap\" [\"to\", \"cc\"] \"M\"", true)]
    [InlineData("header :value \"lt\" \"subject\" \"EXAMPLF\"", true)]
    [InlineData("header :value \"ne\" \"x-none\" \"a\"", false)]
    public void Section_7_value_by_letters(string test, bool outcome) => Assert.Equal(outcome, IsTrue(test, Message, require: "require \"relational\";"));

    [Fact]
    public void Numbers_compare_as_wholes_only() => Assert.Equal(
        "F1018", Codes("require \"comparator-i;ascii-numeric\"; if header :contains :comparator \"i;ascii-numeric\" \"x\" \"1\" { keep; }"));

    [Theory]
    [InlineData("header :value \"x\" \"subject\" \"a\"", "F1027")]
    [InlineData("header :value \"subject\" \"a\"", "F1027 F1008")]
    public void A_relation_is_one_of_six(string test, string code) =>
        Assert.Contains(code.Split(' ')[0], Codes($"require \"relational\"; if {test} {{ keep; }}"));

    [Theory]
    [InlineData("5228", ":user", "ken", "ken+sieve@example.org", true)]
    [InlineData("", ":detail", "sieve", "ken+sieve@example.org", true)]
    [InlineData("", ":detail", "", "ken+@example.org", true)]
    [InlineData("", ":detail", "", "ken@example.org", false)]
    [InlineData("", ":user", "ken", "ken@example.org", true)]
    [InlineData("", ":detail", "sieve+more", "ken+sieve+more@example.org", true)]
    [InlineData("", ":user", "", "nobody", false)]
    public void Rfc_5233_user_and_detail(string _, string part, string key, string address, bool outcome) => Assert.Equal(
        outcome, IsTrue($"address {part} \"to\" \"{key}\"", $"To: {address}\n\nx", require: "require \"subaddress\";"));

    [Fact]
    public void Rfc_5233_envelope() => Assert.True(IsTrue(
        "envelope :detail \"to\" \"mta-filters\"", envelope: new() { To = "ken+mta-filters@example.org" }, require: "require [\"subaddress\", \"envelope\"];"));
}
