using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;
using PluginMail.Filters.Vocabulary;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>Limits, errors, traces and sharing of a run.</summary>
public sealed class RunTests
{
    private static string Many(string format, int count) => string.Concat(Enumerable.Range(0, count).Select(i => string.Format(format, i)));

    [Fact]
    public void Too_many_actions_keep_the_message_and_do_nothing_else()
    {
        var result = RunOn("require \"fileinto\";\n" + Many("fileinto \"F{0}\";\n", 33), MessageA);
        Assert.Equal(FilterCodes.TooManyActions, result.Error?.Code);
        Assert.Equal(34, result.Error?.Line);
        Assert.Equal("implicit keep", string.Join("; ", result.Effects));
    }

    [Fact]
    public void As_many_actions_as_the_limit_are_carried_out() =>
        Assert.Equal(32, RunOn("require \"fileinto\";\n" + Many("fileinto \"F{0}\";\n", 32), MessageA).Effects.Length);

    [Theory]
    [InlineData(5, null)]
    [InlineData(6, FilterCodes.TooManyRedirects)]
    public void Redirects_are_limited(int count, string? code) =>
        Assert.Equal(code, RunOn(Many("redirect \"a{0}@example.org\";", count), MessageA).Error?.Code);

    [Fact]
    public void Work_is_limited()
    {
        var message = $"Subject: {Many("c{0}", 300)}{new string('a', 60_000)}b\n\n";
        var script = Many("if header :matches \"subject\" \"*a?a?a?a?a?a?a?c{0}*\" {{ discard; }}\n", 300);
        var result = RunOn(script, message, options: new() { Limits = new() { Steps = 200_000 } });
        Assert.Equal(FilterCodes.TooMuchWork, result.Error?.Code);
        Assert.True(result.IsKept);
        Assert.InRange(result.Steps, 200_000, 1_000_000);
    }

    [Fact]
    public void Time_is_limited()
    {
        var clock = new SteppingClock();
        var result = RunOn(Many("if not anyof (header :contains \"subject\" \"key{0}\", true) {{ discard; }}\n", 2000), MessageA, options: new() { Clock = clock });
        Assert.Equal(FilterCodes.TooMuchTime, result.Error?.Code);
        Assert.True(result.IsKept);
    }

    [Fact]
    public void A_pattern_cannot_make_matching_exponential()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 60)) + "b";
        var result = RunOn($"if header :matches \"subject\" \"{pattern}\" {{ discard; }}", $"Subject: {new string('a', 100_000)}\n\n");
        Assert.Null(result.Error);
        Assert.True(result.IsKept);
    }

    [Fact]
    public void A_long_key_that_nearly_fits_everywhere_is_not_searched_for()
    {
        var half = new string('a', 100_000);
        var result = RunOn($"if header :contains \"subject\" \"{half}b{half}\" {{ discard; }}", $"Subject: {new string('a', 1_000_000)}\n\n");
        Assert.Equal(FilterCodes.TooMuchWork, result.Error?.Code);
    }

    [Fact]
    public void A_trace_tells_each_test_its_outcome_and_what_it_saw()
    {
        const string Script = """
            # rule:[Presents]
            if allof (header :contains "subject" "present", not size :over 1M) {
                move "Presents";
            }
            # rule:[Never]
            if subject "x" { keep; }
            """;
        var trace = RunOn(Script, MessageA, options: new() { Traces = true }).Trace;
        Assert.Equal(
            [
                "Rule 2 0 Presents   ",
                "Test 2 0 allof (header :contains \"subject\" \"present\", not size :over 1M) True ",
                "Test 2 1 header :contains \"subject\" \"present\" True I have a present for you",
                "Test 2 1 not size :over 1M True ",
                "Test 2 2 size :over 1M False " + new TestMessage(MessageA).Size,
                "Action 3 0 fileinto \"Presents\"  ",
            ],
            trace.Select(entry => $"{entry.Kind} {entry.Line} {entry.Depth} {entry.Text} {entry.Outcome} {entry.Value}{(entry.Kind == TraceKind.Rule ? " " : "")}"));
    }

    [Fact]
    public void Rules_are_found_by_the_comments_of_script_clients()
    {
        const string Script = """
            require "fileinto";
            # rule:[Spam [strict]]
            if header "subject" "spam" { fileinto "Junk"; }
            keep;
            #SCRIPTNAME: Second
            stop;
            """;
        Assert.Equal(["Spam [strict] 3", "Second 6"], Compile(Script).Rules.Where(rule => rule.IsNamed).Select(rule => $"{rule.Name} {rule.Line}"));
    }

    [Fact]
    public void A_header_is_read_once_for_all_scripts_of_a_delivery()
    {
        var message = new CountingMessage(MessageA);
        var input = new FilterInput(message, Envelope);
        var first = Compile("if anyof (header :contains \"subject\" \"a\", subject \"b\", subject :base \"c\") { keep; }");
        first.Run(input);
        Compile("if header \"SUBJECT\" [\"x\", \"y\"] { discard; }").Run(input);
        first.Run(input.ForRecipient(Envelope with { To = "other@example.com" }));
        Assert.Equal(1, message.Reads);
    }

    [Fact]
    public void The_envelope_of_one_recipient_is_not_another_s()
    {
        var filter = Compile("if recipient :envelope :localpart \"one\" { discard; }");
        var input = new FilterInput(new TestMessage(MessageA), new() { To = "one@example.com" });
        Assert.False(filter.Run(input).IsKept);
        Assert.True(filter.Run(input.ForRecipient(new() { To = "two@example.com" })).IsKept);
    }

    [Fact]
    public void One_filter_runs_on_many_threads()
    {
        var filter = Compile("if subject :contains \"present\" { move \"A\"; } else { delete; }");
        var inputs = Enumerable.Range(0, 400).Select(i => (i, new FilterInput(new TestMessage(i % 2 == 0 ? MessageA : MessageB), Envelope))).ToList();
        Parallel.ForEach(inputs, pair => Assert.Equal(
            pair.i % 2 == 0 ? "fileinto \"A\"" : "fileinto \"Trash\"", string.Join("; ", filter.Run(pair.Item2).Effects)));
    }

    [Fact]
    public void A_word_of_a_plugin_that_is_not_loaded_names_the_plugin()
    {
        var vocabulary = FilterVocabulary.CreateBuilder().AddUnloaded("attachment", "attachments").Build();
        var compilation = FilterCompiler.Compile("if attachment \"exe\" { discard; }", options: new() { Vocabulary = vocabulary });
        var finding = Assert.Single(compilation.Diagnostics);
        Assert.Equal(FilterCodes.PluginNotLoaded, finding.Code);
        Assert.Contains("attachments", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancellation_ends_the_run_with_an_error()
    {
        var filter = Compile(Many("if not anyof (header :contains \"subject\" \"key{0}\", true) {{ discard; }}\n", 2000));
        var result = filter.Run(new(new TestMessage(MessageA), Envelope), cancellation: new CancellationToken(canceled: true));
        Assert.Equal(FilterCodes.TooMuchTime, result.Error?.Code);
    }

    private sealed class SteppingClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now += 10;
    }

    private sealed class CountingMessage(string text) : IFilterMessage
    {
        private readonly TestMessage _inner = new(text);

        public int Reads { get; private set; }

        public long Size => _inner.Size;

        public IReadOnlyList<string> Notes => [];

        public bool HasHeader(string name) => _inner.HasHeader(name);

        public IReadOnlyList<byte[]> GetHeader(string name)
        {
            Reads++;
            return _inner.GetHeader(name);
        }

        public IReadOnlyList<byte[]> GetRawHeader(string name) => _inner.GetRawHeader(name);

        public IReadOnlyList<FilterAddress> GetAddresses(string name) => _inner.GetAddresses(name);
    }
}
