using PluginMail.Abstractions;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>A test of a plugin, which may have to wait.</summary>
internal sealed class PluginTestNode(SourceSpan span, FilterTest test, Func<FilterRun, FilterArguments> arguments) : TestNode(span)
{
    public override bool Waits => true;

    protected override bool Evaluate(FilterRun run) => run.Ask(new PluginQuestion(test, arguments(run)) { Span = Span }) is true;

    /// <summary>The question that the test puts; equal arguments make it the same one.</summary>
    private sealed record PluginQuestion(FilterTest Test, FilterArguments Arguments) : FilterQuestion
    {
        public override string Name => Test.Name;

        public bool Equals(PluginQuestion? other) =>
            other is not null && Span == other.Span && ReferenceEquals(Test, other.Test)
            && (ReferenceEquals(Arguments, other.Arguments) || Key == other.Key);

        public override int GetHashCode() => Span.GetHashCode();

        public override async ValueTask<object?> AskAsync(FilterInput input, CancellationToken cancellation) =>
            input.View is null ? null : await Test.Evaluate(input.View, Arguments, cancellation);

        private string Key => string.Join('\0', Arguments.Texts.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.Prepend(pair.Key)));
    }
}
