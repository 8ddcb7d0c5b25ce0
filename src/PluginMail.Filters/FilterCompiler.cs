using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters;

/// <summary>How scripts are compiled.</summary>
public sealed record FilterCompilerOptions
{
    /// <summary>The options that apply when none are given.</summary>
    public static FilterCompilerOptions Default { get; } = new();

    /// <summary>The words that a script can use.</summary>
    public FilterVocabulary Vocabulary { get; init; } = FilterVocabulary.Standard;

    /// <summary>Fields that no script removes, nor adds, but for Auto-Submitted, which may be added (RFC 5293 6); in any case of their letters.</summary>
    public ImmutableHashSet<string> ProtectedFields { get; init; } = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "Received", "Auto-Submitted", "Return-Path", "Delivered-To");

    /// <summary>The number of keys from which on a script gets an index; below it, comparing one after the other is faster.</summary>
    internal int FewestIndexedKeys { get; init; } = 16;

    /// <summary>Bounds on the form of scripts.</summary>
    public SyntaxLimits Limits { get; init; } = SyntaxLimits.Default;

    /// <summary>Whose script it is.</summary>
    public ScriptLocation Location { get; init; }

    /// <summary>Whether the script is for IMAP events (RFC 6785) even where it does not require "imapsieve".</summary>
    public bool IsForEvents { get; init; }

    /// <summary>The mailbox that the script is for; null where it is not known, and nothing is then said about folders and addresses.</summary>
    public FilterMailbox? Mailbox { get; init; }
}

/// <summary>From a script to a filter: parse, bind, check, compile. All findings come at once.</summary>
public static class FilterCompiler
{
    /// <summary>Compiles the octets of a script.</summary>
    public static FilterCompilation Compile(ReadOnlySpan<byte> script, string name = "script", FilterCompilerOptions? options = null) =>
        Compile(SourceText.From(script, name), options);

    /// <summary>Compiles a script given as text.</summary>
    public static FilterCompilation Compile(string script, string name = "script", FilterCompilerOptions? options = null) =>
        Compile(SourceText.From(script, name), options);

    /// <summary>Compiles a script; never throws because of what it holds.</summary>
    public static FilterCompilation Compile(SourceText text, FilterCompilerOptions? options = null)
    {
        options ??= FilterCompilerOptions.Default;
        var diagnostics = new DiagnosticBag(options.Limits.Diagnostics);
        var syntax = Parser.Parse(text, options.Limits, diagnostics, options.Vocabulary.TakesTests);
        if (diagnostics.Has(FilterCodes.TooDeep))
        {
            // What was cut off would be reported as missing.
            return new(syntax, null, diagnostics.ToImmutable());
        }

        var script = Binder.Bind(options.Vocabulary, syntax, diagnostics);
        var obstacle = EventRules.ObstacleOf(options.Vocabulary, script);
        EventRules.Check(script, obstacle, options.IsForEvents, diagnostics);
        if (!diagnostics.HasErrors)
        {
            Lints.Check(script with { Mailbox = options.Mailbox }, diagnostics);
        }

        return new(syntax, diagnostics.HasErrors ? null : Build(options, script, obstacle), diagnostics.ToImmutable());
    }

    private static CompiledFilter Build(FilterCompilerOptions options, BoundScript script, EventObstacle? obstacle)
    {
        var rules = RuleMarkers.Find(script);
        var context = new CompileContext(options.Vocabulary, rules, script.RefersToMatches) { ProtectedFields = options.ProtectedFields };
        var commands = context.Commands(script.Commands);
        var sources = context.Sources;
        return new(script.Syntax.Text, commands, sources, rules)
        {
            Location = options.Location,
            Includes = [.. context.Includes.Distinct()],
            Index = PredicateIndex.Build(context.AllTests, sources, commands, options.FewestIndexedKeys),
            AsksPlugins = context.AsksPlugins,
            SeesOutgoing = context.SeesOutgoing,
            NeedsEnvelope = context.NeedsEnvelope,
            EventObstacle = obstacle,
        };
    }
}
