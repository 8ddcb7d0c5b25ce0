using System.Collections.Immutable;
using System.Reflection;
using PluginMail.Abstractions;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;
using PluginMail.Filters.Vocabulary;
using static PluginMail.Filters.Tests.Support.Scripts;
using FilterAction = PluginMail.Abstractions.FilterAction;

namespace PluginMail.Filters.Tests;

/// <summary>Words that a plugin adds are typed, checked and run like the others.</summary>
public sealed class PluginWordTests
{
    private static FilterCompilation CompileWith(IFilterVocabulary words, string script)
    {
        var builder = FilterVocabulary.CreateBuilder();
        builder.Add("sample", words);
        return FilterCompiler.Compile(script, options: new() { Vocabulary = builder.Build() });
    }

    private static FilterInput Input() => new(new TestMessage(MessageA), Support.Scripts.Envelope) { View = DispatchProxy.Create<IMessageView, NoView>() };

    [Fact]
    public async Task A_test_is_asked_with_its_arguments_once()
    {
        var words = new SampleWords();
        var filter = CompileWith(
            words, "if any (score :over 5 [\"a\", \"b\"], header \"x\" \"y\") { move \"High\"; } elsif score :strictly :over 1 \"c\" { tagged \"t\"; }").Filter!;
        Assert.True(filter.AsksPlugins);
        var result = await filter.RunAsync(Input());
        Assert.Equal("tagged", string.Join("; ", result.Effects));
        Assert.Equal(["over 5 of a,b strictly False", "over 1 of c strictly True"], words.Asked);
        var action = Assert.IsType<FilterEffect.PluginAction>(result.Effects[0]);
        Assert.Equal("t", Assert.Single(action.Arguments.Texts["<tag>"]));
    }

    [Fact]
    public async Task A_fault_of_a_plugin_keeps_the_message()
    {
        var filter = CompileWith(new SampleWords(), "if score :over 99 \"fail\" { discard; } else { discard; }").Filter!;
        var result = await filter.RunAsync(Input());
        Assert.Equal(FilterCodes.FaultyWord, result.Error?.Code);
        Assert.True(result.IsKept);
    }

    [Fact]
    public void Without_a_plugin_host_its_test_is_an_error_of_the_run()
    {
        var filter = CompileWith(new SampleWords(), "if score :over 1 \"c\" { discard; }").Filter!;
        Assert.Equal(FilterCodes.FaultyWord, filter.Run(Input()).Error?.Code);
    }

    [Theory]
    [InlineData("if score \"x\" { keep; }", "F1025")]
    [InlineData("if score :over \"x\" \"x\" { keep; }", "F1009")]
    [InlineData("if scroe :over 1 \"x\" { keep; }", "F1002")]
    [InlineData("tagged;", "F1008")]
    public void Signatures_are_checked(string script, string code) =>
        Assert.Equal(code, Assert.Single(CompileWith(new SampleWords(), script).Diagnostics).Code);

    [Fact]
    public void A_word_of_the_language_cannot_be_taken() =>
        Assert.Equal(["keep"], FilterVocabulary.CreateBuilder().Add("sample", new SampleWords { ActionName = "Keep" }));

    [Fact]
    public void The_same_word_of_two_plugins_is_no_conflict_and_another_of_that_name_is()
    {
        var builder = FilterVocabulary.CreateBuilder();
        Assert.Empty(builder.Add("one", new SampleWords()));
        Assert.Empty(builder.Add("two", new SampleWords()));
        Assert.Equal(["tagged"], builder.Add("three", new OtherWords()));
    }

    private sealed class OtherWords : IFilterVocabulary
    {
        public ImmutableArray<FilterTest> Tests => [];

        public ImmutableArray<FilterAction> Actions => [new("Tagged", "tags", [], CancelsKeep: true, (_, _, _) => throw new InvalidOperationException())];
    }

    private sealed class SampleWords : IFilterVocabulary
    {
        public List<string> Asked { get; } = [];

        public string ActionName { get; init; } = "tagged";

        public ImmutableArray<FilterTest> Tests =>
        [
            new(
                "score", "compares a score",
                [
                    new(":over", FilterArgumentType.Number, IsRequired: true, "limit"),
                    new(":strictly", FilterArgumentType.Flag, IsRequired: false, "mode"),
                    new("<keys>", FilterArgumentType.TextList, IsRequired: true, "keys"),
                ],
                IsPure: true, Ask),
        ];

        public ImmutableArray<FilterAction> Actions =>
        [
            new(ActionName, "tags", [new("<tag>", FilterArgumentType.Text, IsRequired: true, "tag")], CancelsKeep: true, (_, _, _) => throw new InvalidOperationException()),
        ];

        private async ValueTask<bool> Ask(IMessageView view, FilterArguments arguments, CancellationToken cancellation)
        {
            await Task.Yield();
            var limit = arguments.Numbers[":over"];
            Asked.Add($"over {limit} of {string.Join(',', arguments.Texts["<keys>"])} strictly {arguments.Flags.Contains(":strictly")}");
            return limit < 99 ? limit < 3 : throw new InvalidOperationException("out of order");
        }
    }

    /// <summary>A view that nobody looks into.</summary>
    public class NoView : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new InvalidOperationException();
    }
}
