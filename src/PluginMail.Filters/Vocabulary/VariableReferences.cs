using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>Finds ${name}, ${1} and ${namespace.name} in strings (RFC 5229 section 3); what is not well-formed stays as written.</summary>
internal static class VariableReferences
{
    /// <summary>The string with its references, or as it is where it has none.</summary>
    public static InterpretedString Interpret(ReadOnlyMemory<byte> value, FilterVocabulary vocabulary)
    {
        var source = value.Span;
        if (source.IndexOf("${"u8) < 0)
        {
            return new(value, Changed: false);
        }

        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        var capabilities = ImmutableArray.CreateBuilder<string>();
        var literal = 0;
        for (var at = source.IndexOf("${"u8); at >= 0 && at < source.Length;)
        {
            if (NameAt(source[at..]) is { } name)
            {
                AddLiteral(parts, source[literal..at]);
                if (PartOf(name, vocabulary, capabilities) is not { } part)
                {
                    return new(value, Changed: true, FaultOf(name, vocabulary));
                }

                parts.Add(part);
                literal = at + name.Length + 3;
                at = literal - 1;
            }

            var next = source[(at + 1)..].IndexOf("${"u8);
            at = next < 0 ? -1 : at + 1 + next;
        }

        if (parts.Count == 0)
        {
            return new(value, Changed: false);
        }

        AddLiteral(parts, source[literal..]);
        return new(value, Changed: true) { Expression = new TemplateString(parts.ToImmutable(), value), Capabilities = capabilities.ToImmutable() };
    }

    /// <summary>identifier.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 128 && !char.IsAsciiDigit(text[0]) && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static void AddLiteral(ImmutableArray<TemplatePart>.Builder parts, ReadOnlySpan<byte> octets)
    {
        if (!octets.IsEmpty)
        {
            parts.Add(new TemplatePart.Literal(octets.ToArray()));
        }
    }

    /// <summary>What stands between the braces, where it is a variable-ref: *(identifier ".") (identifier / 1*DIGIT).</summary>
    private static string? NameAt(ReadOnlySpan<byte> source)
    {
        var end = source.IndexOf((byte)'}');
        if (end < 3 || end > 256)
        {
            return null;
        }

        var name = Encoding.UTF8.GetString(source[2..end]);
        var labels = name.Split('.');
        var last = labels[^1];
        return labels[..^1].All(IsName) && (IsName(last) || last.All(char.IsAsciiDigit)) && last.Length > 0 ? name : null;
    }

    private static TemplatePart? PartOf(string name, FilterVocabulary vocabulary, ImmutableArray<string>.Builder capabilities)
    {
        var dot = name.LastIndexOf('.');
        if (dot >= 0)
        {
            if (NamespaceOf(name, vocabulary) is not { } space)
            {
                return null;
            }

            capabilities.Add(space.Capability);
            return new TemplatePart.Namespaced(space, name[(space.Name.Length + 1)..].ToLowerInvariant());
        }

        if (!char.IsAsciiDigit(name[0]))
        {
            return new TemplatePart.Variable(name);
        }

        var digits = name.TrimStart('0');
        return digits.Length <= 2 ? new TemplatePart.Match(digits.Length == 0 ? 0 : int.Parse(digits)) : null;
    }

    private static VariableNamespace? NamespaceOf(string name, FilterVocabulary vocabulary) =>
        vocabulary.Namespaces.FirstOrDefault(row => name.StartsWith(row.Name + ".", StringComparison.OrdinalIgnoreCase));

    private static string FaultOf(string name, FilterVocabulary vocabulary) =>
        name.Contains('.', StringComparison.Ordinal)
            ? $"`${{{name}}}`: there is no namespace `{name[..name.LastIndexOf('.')]}`{(vocabulary.Namespaces.IsEmpty ? "" : "; there is " + string.Join(", ", vocabulary.Namespaces.Select(row => $"`{row.Name}`")))}."
            : $"`${{{name}}}`: match variables run from 0 to {VariableStore.HighestMatch}.";
}
