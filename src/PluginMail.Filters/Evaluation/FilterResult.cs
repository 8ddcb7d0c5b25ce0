using System.Collections.Immutable;

namespace PluginMail.Filters.Evaluation;

/// <summary>What a run decided.</summary>
/// <param name="Effects">
/// The effects in order. A keep is among them where the message stays, the implicit one included; without one, nothing is
/// kept (or sent). After an error the implicit keep is all there is.
/// </param>
public sealed record FilterResult(ImmutableArray<FilterEffect> Effects)
{
    /// <summary>The error that ended the run, or null.</summary>
    public FilterError? Error { get; init; }

    /// <summary>What happened, where it was asked for; otherwise empty.</summary>
    public ImmutableArray<FilterTraceEntry> Trace { get; init; } = [];

    /// <summary>What the script changed of the message; scripts that follow see it.</summary>
    public ImmutableArray<MessageChange> Changes { get; init; } = [];

    /// <summary>What the host remembers once the message is delivered (RFC 7352); none after an error.</summary>
    public ImmutableArray<DuplicateMark> DuplicateMarks { get; init; } = [];

    /// <summary>The scripts that were run on the message, those included among them; one that has no eyes for outgoing mail is not run on it.</summary>
    public ImmutableArray<CompiledFilter> Scripts { get; init; } = [];

    /// <summary>The rules that did something about the message, in order.</summary>
    public ImmutableArray<FilterHit> Hits { get; init; } = [];

    /// <summary>The steps that the run took.</summary>
    public long Steps { get; init; }

    /// <summary>Whether the message is kept.</summary>
    public bool IsKept => Effects.Any(action => action is FilterEffect.Keep);
}

/// <summary>A fault of a run (RFC 5228 2.10.6).</summary>
/// <param name="Code">Stable code, one of the F3 codes.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Script">The script's name.</param>
/// <param name="Line">The line at which the run ended.</param>
public sealed record FilterError(string Code, string Message, string Script, int Line);

/// <summary>What a trace entry is about.</summary>
public enum TraceKind
{
    /// <summary>A rule begins.</summary>
    Rule,

    /// <summary>A test was evaluated.</summary>
    Test,

    /// <summary>An action was taken.</summary>
    Action,

    /// <summary>A remark, such as a header that could not be decoded.</summary>
    Note,
}

/// <summary>One line of a trace.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Line">The script's line; 0 for remarks.</param>
/// <param name="Depth">How deep the test is nested.</param>
/// <param name="Text">The test or action as written, or the rule's name.</param>
public sealed record FilterTraceEntry(TraceKind Kind, int Line, int Depth, string Text)
{
    /// <summary>The script's name.</summary>
    public string Script { get; init; } = "";

    /// <summary>The outcome of a test.</summary>
    public bool? Outcome { get; init; }

    /// <summary>The value that matched, or the last one that did not; cut to a bounded length.</summary>
    public string? Value { get; init; }
}
