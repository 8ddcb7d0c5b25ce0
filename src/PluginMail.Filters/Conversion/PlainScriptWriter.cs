using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Conversion;

/// <summary>Writes a script rule by rule, with the require that it turns out to need.</summary>
internal sealed class PlainScriptWriter
{
    private const int MostNotes = 1000;
    private readonly StringBuilder _body = new();
    private readonly SortedSet<string> _capabilities = new(StringComparer.Ordinal);
    private readonly ImmutableArray<ConversionNote>.Builder _notes = ImmutableArray.CreateBuilder<ConversionNote>();
    private int _indent;

    public static string Quote(string text) => ValueChecker.Quote(string.Concat(text.Where(character => character is '\t' or >= ' ')));

    /// <summary>All of several tests.</summary>
    public static string All(IReadOnlyList<string> tests) => tests switch
    {
        [] => "always",
        [var one] => one,
        _ => $"all ({string.Join(", ", tests)})",
    };

    /// <summary>A name under which script clients show the rule that follows.</summary>
    public void Name(string name) => Line($"# rule:[{OneLine(name)}]");

    public void Comment(string text) => Line($"# {OneLine(text)}");

    /// <summary>Says that something was left out.</summary>
    public void Leave(int line, string what)
    {
        Line($"# not converted, line {line}: {OneLine(what)}");
        if (_notes.Count < MostNotes)
        {
            _notes.Add(new(line, OneLine(what)));
        }
    }

    public void Open(string head)
    {
        Line($"{head} {{");
        _indent++;
    }

    public void Close()
    {
        _indent--;
        Line("}");
    }

    public void Action(string action, string? capability = null)
    {
        Require(capability);
        Line($"{action};");
    }

    public void Require(string? capability)
    {
        if (capability is not null)
        {
            _capabilities.Add(capability);
        }
    }

    public FilterConversion ToConversion()
    {
        var require = _capabilities.Count == 0 ? "" : $"require [{string.Join(", ", _capabilities.Select(name => $"\"{name}\""))}];\n\n";
        return new(require + _body, _notes.ToImmutable());
    }

    private static string OneLine(string text) => string.Concat(text.Select(character => character < ' ' ? ' ' : character)).Trim();

    private void Line(string text) => _body.Append(' ', 4 * _indent).Append(text).Append('\n');
}
