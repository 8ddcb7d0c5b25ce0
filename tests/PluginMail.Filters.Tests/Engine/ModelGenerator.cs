namespace PluginMail.Filters.Tests.Engine;

/// <summary>Scripts and messages from an alphabet so small that keys often match, overlap and repeat.</summary>
internal sealed class ModelGenerator(int seed)
{
    private static readonly string[] Headers = ["subject", "from", "x-a", "x-b", "x-none"];
    private static readonly string[] Comparators = ["i;octet", "i;ascii-casemap", "i;unicode-casemap"];
    private static readonly string[] TextTypes = ["is", "contains", "matches", "starts_with", "ends_with", "strict"];
    private readonly Random _random = new(seed);

    public ScriptModel NextScript()
    {
        var captures = _random.Next(3) == 0;
        return new([.. Enumerable.Range(0, _random.Next(1, 25)).Select(i => Rule(i, captures))], captures);
    }

    /// <summary>A message for a script; a `?` that captures half of a character is left out.</summary>
    public MessageModel NextMessage(ScriptModel script) => Message(asciiOnly: script.Captures);

    private MessageModel Message(bool asciiOnly)
    {
        var fields = new List<(string, string)> { ("From", $"{Text(1, 3, "ab")}@{Text(1, 3, "ab")}.{Text(1, 2, "ab")}") };
        for (var i = _random.Next(5); i > 0; i--)
        {
            fields.Add((Headers[_random.Next(2) * 2 + _random.Next(2) * _random.Next(2)] is "from" ? "x-b" : Headers[_random.Next(2) * 2], Text(0, 8, asciiOnly ? "abAB." : "abAB.é")));
        }

        return new([.. fields.Select(field => (field.Item1, field.Item2.Trim()))], _random.Next(40));
    }

    private RuleModel Rule(int number, bool captures)
    {
        var branches = new List<(TestModel?, ActionModel)> { (Test(2), Action(number, captures)) };
        for (var i = _random.Next(4); i > 2; i--)
        {
            branches.Add((Test(1), Action(number, captures)));
        }

        if (_random.Next(6) == 0)
        {
            branches.Add((null, Action(number, captures)));
        }

        return new(branches);
    }

    private ActionModel Action(int number, bool captures) => _random.Next(12) switch
    {
        0 => new("stop", null),
        1 => new("keep", null),
        2 => new("discard", null),
        _ => new("fileinto", captures && _random.Next(2) == 0 ? $"F${{{_random.Next(4)}}}" : $"F{number % 7}"),
    };

    private TestModel Test(int depth) => _random.Next(depth > 0 ? 9 : 6) switch
    {
        6 => new TestModel.Not(Test(depth - 1)),
        7 => new TestModel.Many(All: true, Tests(depth - 1)),
        8 => new TestModel.Many(All: false, Tests(depth - 1)),
        5 => new TestModel.Size(_random.Next(2) == 0, _random.Next(20, 160)),
        4 => new TestModel.Match("address", Pick(":all", ":domain", ":localpart"), Pick(TextTypes), Pick(Comparators), ["from"], Keys("ab.@")),
        3 => new TestModel.Match("sender", ":domain", "within", "i;ascii-casemap", ["from"], Keys("ab.")),
        _ => new TestModel.Match("header", _random.Next(8) == 0 ? ":every" : "", Pick(TextTypes), Pick(Comparators), Names(), Keys("abAB.é")),
    };

    private List<TestModel> Tests(int depth) => [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Test(depth))];

    private List<string> Names() => [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Pick("subject", "x-a", "x-b", "x-none"))];

    private List<string> Keys(string alphabet) =>
        [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Text(0, 4, _random.Next(3) == 0 ? alphabet + "*?*" : alphabet))];

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private string Text(int least, int most, string alphabet) =>
        string.Concat(Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => alphabet[_random.Next(alphabet.Length)]));
}
