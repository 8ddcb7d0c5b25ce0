using PluginMail.Filters.Evaluation;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>spamtest, virustest (RFC 5235), duplicate (RFC 7352), extlists (RFC 6134) and vnd.dovecot.debug.</summary>
public sealed class SpamAndDuplicateTests
{
    private const string Numbers = "\"relational\", \"comparator-i;ascii-numeric\", ";

    [Theory]
    [InlineData(null, "spamtest \"0\"", true)]
    [InlineData(null, "spamtest :count \"eq\" :comparator \"i;ascii-numeric\" \"0\"", true)]
    [InlineData(0.0, "spamtest \"1\"", true)]
    [InlineData(100.0, "spamtest \"10\"", true)]
    [InlineData(50.0, "spamtest :value \"ge\" :comparator \"i;ascii-numeric\" \"5\"", true)]
    [InlineData(50.0, "spamtest :value \"ge\" :comparator \"i;ascii-numeric\" \"6\"", false)]
    [InlineData(87.5, "spamtest :percent :value \"gt\" :comparator \"i;ascii-numeric\" \"86\"", true)]
    [InlineData(87.5, "spamtest :percent \"87\"", true)]
    [InlineData(87.5, "spamtest :count \"eq\" :comparator \"i;ascii-numeric\" \"1\"", true)]
    public async Task Spamtest(double? percent, string test, bool outcome) => Assert.Equal(
        outcome, await IsTrueAsync(Numbers + "\"spamtestplus\"", test, new FilterContext { SpamPercent = percent }));

    [Theory]
    [InlineData(0, "virustest \"0\"", true)]
    [InlineData(5, "virustest :value \"ge\" :comparator \"i;ascii-numeric\" \"4\"", true)]
    [InlineData(1, "virustest :value \"ge\" :comparator \"i;ascii-numeric\" \"2\"", false)]
    public async Task Virustest(int level, string test, bool outcome) => Assert.Equal(
        outcome, await IsTrueAsync(Numbers + "\"virustest\"", test, new FilterContext { VirusLevel = level }));

    [Fact]
    public void Percent_needs_spamtestplus() =>
        Assert.Equal("F1001", Codes("require \"spamtest\"; if spamtest :percent \"1\" { keep; }"));

    [Theory]
    [InlineData("duplicate", "", "<1@x>")]
    [InlineData("duplicate :header \"subject\"", "", "I have a present for you")]
    [InlineData("duplicate :handle \"h\" :uniqueid \"u\" :last :seconds 60", "h", "u")]
    public async Task A_duplicate_is_what_the_host_remembers(string test, string handle, string id)
    {
        var host = new Host();
        var context = new FilterContext { Host = host };
        var script = $"require \"duplicate\"; if {test} {{ discard; }}";
        var first = await RunOnAsync(script, context, "Message-ID: <1@x>\n" + MessageA);
        Assert.Equal("implicit keep", string.Join(';', first.Effects));
        var mark = Assert.Single(first.DuplicateMarks);
        Assert.Equal((handle, id), (mark.Handle, mark.UniqueId));
        host.Marks.Add(mark);
        var second = await RunOnAsync(script, context, "Message-ID: <1@x>\n" + MessageA);
        Assert.Equal("discard", string.Join(';', second.Effects));
    }

    [Theory]
    [InlineData("if duplicate { discard; }")]
    [InlineData("if duplicate :header \"x-none\" { discard; }")]
    [InlineData("if duplicate :uniqueid \"a\" :seconds 0 { discard; }")]
    [InlineData("if false { } elsif allof (false, duplicate :uniqueid \"a\") { discard; }")]
    [InlineData("if duplicate :uniqueid \"a\" { } move \"${unset}\";")]
    public async Task Nothing_is_remembered(string script)
    {
        var result = await RunOnAsync($"require [\"duplicate\", \"variables\"]; {script}", new FilterContext { Host = new Host() });
        Assert.Empty(result.DuplicateMarks);
        Assert.True(result.IsKept);
    }

    [Fact]
    public void Header_and_uniqueid_exclude_each_other() =>
        Assert.Equal("F1012", Codes("require \"duplicate\"; if duplicate :header \"a\" :uniqueid \"b\" { keep; }"));

    [Theory]
    [InlineData("address :list \"from\" \"urn:friends\"", true)]
    [InlineData("address :list \"to\" \"urn:friends\"", false)]
    [InlineData("address :domain :list \"from\" [\"urn:none\", \"urn:friends\"]", false)]
    [InlineData("valid_ext_list [\"urn:friends\"]", true)]
    [InlineData("valid_ext_list [\"urn:friends\", \"urn:none\"]", false)]
    public async Task Lists_of_the_host(string test, bool outcome) =>
        Assert.Equal(outcome, await IsTrueAsync("\"extlists\"", test, new FilterContext { Host = new Host() }));

    [Fact]
    public void Debug_log_goes_into_the_trace() => Assert.Contains(
        RunOn("require [\"vnd.dovecot.debug\", \"variables\"]; set \"a\" \"b\"; debug_log \"a is ${a}\";", MessageA, options: new() { Traces = true }).Trace,
        entry => entry is { Kind: TraceKind.Note, Text: "a is b" });

    private sealed class Host : IFilterHost
    {
        public List<DuplicateMark> Marks { get; } = [];

        public ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) => new(Marks.Contains(mark));

        public ValueTask<bool> ListExistsAsync(string list, CancellationToken cancellation) => new(list == "urn:friends");

        public ValueTask<bool> ListContainsAsync(string list, string value, CancellationToken cancellation) =>
            new(list == "urn:friends" && value == "coyote@desert.example.org");
    }
}
