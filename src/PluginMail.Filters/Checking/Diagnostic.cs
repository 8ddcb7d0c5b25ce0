using System.Collections.Immutable;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Checking;

/// <summary>How bad a finding is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The script runs; it may not do what its author meant.</summary>
    Warning,

    /// <summary>The script cannot run.</summary>
    Error,
}

/// <summary>A change of the script's octets that repairs a finding.</summary>
/// <param name="Span">What is replaced; empty for an insertion.</param>
/// <param name="NewText">What stands there afterwards.</param>
/// <param name="Title">What the change does, in a few words.</param>
public sealed record TextEdit(SourceSpan Span, string NewText, string Title)
{
    /// <summary>Whether it can be made without asking: it is what the author meant, and changes nothing else.</summary>
    public bool IsCertain { get; init; } = true;

    /// <summary>Replaces a span.</summary>
    public static TextEdit Replace(SourceSpan span, string newText, string title) => new(span, newText, title);

    /// <summary>Inserts before an offset.</summary>
    public static TextEdit Insert(int offset, string newText, string title) => new(new(offset, 0), newText, title);

    /// <summary>The script with the change made.</summary>
    public byte[] Apply(ReadOnlySpan<byte> script) =>
        [.. script[..Span.Start], .. System.Text.Encoding.UTF8.GetBytes(NewText), .. script[Span.End..]];
}

/// <summary>A second place that explains a finding.</summary>
/// <param name="Span">The place.</param>
/// <param name="Message">What is there.</param>
public sealed record RelatedSpan(SourceSpan Span, string Message);

/// <summary>One finding about a script.</summary>
/// <param name="Code">Stable code, one of <see cref="FilterCodes"/>.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="Message">One sentence that stands alone.</param>
/// <param name="Span">The primary place.</param>
public sealed record Diagnostic(string Code, DiagnosticSeverity Severity, string Message, SourceSpan Span)
{
    /// <summary>Other places that explain it.</summary>
    public ImmutableArray<RelatedSpan> Related { get; init; } = [];

    /// <summary>Remarks, each a sentence.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>A change that repairs it, where one is certain enough to be offered.</summary>
    public TextEdit? Fix { get; init; }
}
