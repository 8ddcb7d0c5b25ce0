using System.Collections.Immutable;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>What a script requires (RFC 5228 3.2), and what it then uses.</summary>
internal sealed class Requirements
{
    private readonly Dictionary<string, Entry> _required = [];
    private readonly HashSet<string> _reported = [];
    private readonly FilterVocabulary _vocabulary;
    private readonly ScriptSyntax _script;
    private readonly DiagnosticBag _diagnostics;

    public Requirements(FilterVocabulary vocabulary, ScriptSyntax script, DiagnosticBag diagnostics)
    {
        _vocabulary = vocabulary;
        _script = script;
        _diagnostics = diagnostics;
        foreach (var command in script.Commands.Where(command => command.Name == "require"))
        {
            foreach (var list in command.Arguments.OfType<StringListSyntax>())
            {
                Declare(command, list);
            }
        }

        if (Has("ihave"))
        {
            DeclareTested();
        }
    }

    /// <summary>Capabilities that ihave tests name; they may be used as if they were required (RFC 5463 4).</summary>
    private static IEnumerable<CommandSyntax> Tests(IEnumerable<CommandSyntax> commands) => commands.SelectMany(command =>
        command.Tests.Concat(Tests(command.Tests)).Concat(command.Block is { } block ? Tests(block.Commands) : []));

    /// <summary>Whether a capability is required.</summary>
    public bool Has(string capability) => _required.ContainsKey(capability);

    /// <summary>Each capability in a require, with its place.</summary>
    public static IEnumerable<StringSyntax> Named(ScriptSyntax script) => script.Commands.Where(command => command.Name == "require")
        .SelectMany(command => command.Arguments.OfType<StringListSyntax>()).SelectMany(list => list.Strings);

    private void DeclareTested()
    {
        foreach (var test in Tests(_script.Commands).Where(test => _vocabulary.Find(test.Name, asTest: true) is { Declares: true }))
        {
            var names = IHaveExtension.CapabilitiesOf(test);
            if (IHaveExtension.HasAll(names, _vocabulary))
            {
                foreach (var name in names)
                {
                    _required.TryAdd(name, new(test, (StringListSyntax)test.Arguments[0], 0) { IsOptional = true });
                }
            }
        }
    }

    /// <summary>Notes that something of a capability is used; reports it where it is not required.</summary>
    public void Use(string? capability, SourceSpan at, string what)
    {
        if (!TryUse(capability))
        {
            Report(capability!, at, what);
        }
    }

    /// <summary>Notes that something of a capability is used; false where that has to be reported.</summary>
    public bool TryUse(string? capability)
    {
        if (capability is null)
        {
            return true;
        }

        if (_required.TryGetValue(capability, out var entry))
        {
            entry.IsUsed = true;
        }

        return entry is not null;
    }

    /// <summary>Reports, once, that a capability is used and not required.</summary>
    public void Report(string capability, SourceSpan at, string what)
    {
        if (_vocabulary.FindCapability(capability) is not { IsOptional: true } && _reported.Add(capability))
        {
            _diagnostics.Add(
                FilterCodes.MissingRequire, at, $"{what} needs `require \"{capability}\";` at the beginning of the script.", FixFor(capability, _script));
        }
    }

    /// <summary>Warns of what is required and not used.</summary>
    public void ReportUnused()
    {
        foreach (var (name, entry) in _required.Where(pair => pair.Key == pair.Value.Text.Text && !pair.Value.IsUsed && !pair.Value.IsOptional))
        {
            _diagnostics.Add(
                FilterCodes.UnusedRequire, entry.Text.Span, $"`{name}` is required and never used.", RemovalOf(entry));
        }
    }

    private void Declare(CommandSyntax command, StringListSyntax list)
    {
        for (var i = 0; i < list.Strings.Length; i++)
        {
            var name = list.Strings[i].Text;
            var known = _vocabulary.FindCapability(name);
            if (known is null)
            {
                ReportUnknown(name, list.Strings[i]);
            }

            var isOptional = known is null or { IsOptional: true } or { IsMarker: true };
            var entry = new Entry(command, list, i) { IsOptional = isOptional };
            foreach (var implied in known?.Implied.Prepend(name) ?? [name])
            {
                _required.TryAdd(implied, entry);
            }
        }
    }

    private void ReportUnknown(string name, StringSyntax text)
    {
        if (_vocabulary.Refused.TryGetValue(name, out var reason))
        {
            _diagnostics.Add(FilterCodes.RefusedCapability, text.Span, $"The extension `{name}` is refused: {reason}.");
            return;
        }

        var nearest = Spelling.Nearest(name, _vocabulary.Capabilities.Select(capability => capability.Name));
        _diagnostics.Add(
            FilterCodes.UnknownCapability, text.Span,
            $"The extension `{name}` is not known here{(nearest is null ? "" : $"; did you mean `{nearest}`?")}{(nearest is null ? "." : "")}",
            nearest is null ? null : TextEdit.Replace(text.Span, $"\"{nearest}\"", $"write \"{nearest}\""));
    }

    /// <summary>Adds to the last require, or puts a new one before the first command.</summary>
    internal static TextEdit FixFor(string capability, ScriptSyntax script)
    {
        var last = script.Commands.TakeWhile(command => command.Name == "require").LastOrDefault();
        if (last?.Arguments is [StringListSyntax list])
        {
            return list.HasBrackets
                ? TextEdit.Insert(list.Span.End - 1, $", \"{capability}\"", $"require \"{capability}\"")
                : TextEdit.Replace(list.Span, $"[{script.Text.Slice(list.Span)}, \"{capability}\"]", $"require \"{capability}\"");
        }

        var lineEnd = script.Text.Octets.IndexOf("\r\n"u8) >= 0 ? "\r\n" : "\n";
        return TextEdit.Insert(0, $"require \"{capability}\";{lineEnd}", $"require \"{capability}\"");
    }

    private static TextEdit RemovalOf(Entry entry)
    {
        var strings = entry.List.Strings;
        if (strings.Length < 2)
        {
            return TextEdit.Replace(entry.Command.Span, "", "remove it");
        }

        var span = entry.Index == 0
            ? SourceSpan.Between(strings[0].Span.Start, strings[1].Span.Start)
            : SourceSpan.Between(strings[entry.Index - 1].Span.End, strings[entry.Index].Span.End);
        return TextEdit.Replace(span, "", "remove it");
    }

    private sealed class Entry(CommandSyntax command, StringListSyntax list, int index)
    {
        public CommandSyntax Command => command;

        public StringListSyntax List => list;

        public int Index => index;

        public StringSyntax Text => list.Strings[index];

        public bool IsOptional { get; init; }

        public bool IsUsed { get; set; }
    }
}
