using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Evaluation;

/// <summary>A question to the host; equal keys make it the same one.</summary>
internal sealed record HostQuestion(string Word, string Key, Func<IFilterHost, CancellationToken, ValueTask<object>> Put) : FilterQuestion
{
    public override string Name => Word;

    public bool Equals(HostQuestion? other) => other is not null && Word == other.Word && Key == other.Key;

    public override int GetHashCode() => HashCode.Combine(Word, Key);

    public override async ValueTask<object?> AskAsync(FilterInput input, CancellationToken cancellation) =>
        input.Context.Host is { } host ? await Put(host, cancellation) : null;
}

/// <summary>A host that never waits and whose answers change while a script runs, as that of a script that tests scripts.</summary>
internal interface IImmediateHost : IFilterHost
{
    /// <summary>The answer to a question.</summary>
    T Answer<T>(Func<IFilterHost, CancellationToken, ValueTask<T>> question);
}

/// <summary>Questions of tests to the host.</summary>
internal static class HostQuestions
{
    /// <summary>What the host says; false where there is no host, or the answer is not known yet and the run ends.</summary>
    public static bool AskHost(
        this FilterRun run, SourceSpan at, string word, string key, Func<IFilterHost, CancellationToken, ValueTask<bool>> put) =>
        run.Input.Context.Host is IImmediateHost immediate ? immediate.Answer(put) : run.Input.Context.Host is not null
        && run.Ask(new HostQuestion(word, key, async (host, cancellation) => await put(host, cancellation)) { Span = at }) is true;

    /// <summary>A text that the host knows, or null.</summary>
    public static string? AskHostForText(
        this FilterRun run, SourceSpan at, string word, string key, Func<IFilterHost, CancellationToken, ValueTask<string?>> put) =>
        run.Input.Context.Host is IImmediateHost immediate ? immediate.Answer(put)
            : run.Input.Context.Host is null ? null
            : (run.Ask(new HostQuestion(word, key, async (host, cancellation) => new Text(await put(host, cancellation))) { Span = at }) as Text)?.Value;

    private sealed record Text(string? Value);
}

/// <summary>A test that the host answers.</summary>
internal sealed class HostTestNode(SourceSpan span, Func<FilterRun, bool> evaluate) : TestNode(span)
{
    public override bool Waits => true;

    protected override bool Evaluate(FilterRun run) => evaluate(run);
}

/// <summary>A test that a run decides from what it has.</summary>
internal sealed class RunTestNode(SourceSpan span, Func<FilterRun, bool> evaluate) : TestNode(span)
{
    protected override bool Evaluate(FilterRun run) => evaluate(run);
}
