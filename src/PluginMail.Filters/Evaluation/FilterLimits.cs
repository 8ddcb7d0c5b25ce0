namespace PluginMail.Filters.Evaluation;

/// <summary>Bounds on one run of one script; beyond them the run ends with an error and the message is kept.</summary>
public sealed record FilterLimits
{
    /// <summary>The limits that apply when none are given.</summary>
    public static FilterLimits Default { get; } = new();

    /// <summary>Most actions of one result.</summary>
    public int Actions { get; init; } = 32;

    /// <summary>Most redirects and deliveries to other mailboxes (RFC 5228 10).</summary>
    public int Redirects { get; init; } = 5;

    /// <summary>Most changes to one message.</summary>
    public int Changes { get; init; } = 64;

    /// <summary>How deep scripts may include each other.</summary>
    public int IncludeDepth { get; init; } = 10;

    /// <summary>Most includes of one run.</summary>
    public int Includes { get; init; } = 255;

    /// <summary>Most steps: a step is a command, a test, or a comparison of a key with some hundred octets.</summary>
    public long Steps { get; init; } = 5_000_000;

    /// <summary>Most octets of all variables together.</summary>
    public int VariableOctets { get; init; } = 1024 * 1024;

    /// <summary>Most characters of a field that is added to the header.</summary>
    internal int FieldCharacters { get; init; } = 8192;

    /// <summary>Longest run.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>How a script is run.</summary>
public sealed record FilterRunOptions
{
    /// <summary>The options that apply when none are given.</summary>
    public static FilterRunOptions Default { get; } = new();

    /// <summary>Bounds.</summary>
    public FilterLimits Limits { get; init; } = FilterLimits.Default;

    /// <summary>The clock that the time limit is measured by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Whether the result holds a trace; it costs time and memory.</summary>
    public bool Traces { get; init; }
}
