using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>A string with references to variables (RFC 5229 section 3), expanded anew in each run.</summary>
internal sealed class TemplateString(ImmutableArray<TemplatePart> parts, ReadOnlyMemory<byte> source) : StringExpression
{
    private const int LongestExpansion = 64 * 1024;

    public override bool IsConstant => false;

    public override ReadOnlyMemory<byte> Octets => source;

    public override string Constant { get; } = Encoding.UTF8.GetString(source.Span);

    /// <summary>Whether it refers to what a match has found.</summary>
    public bool RefersToMatch { get; } = parts.Any(part => part is TemplatePart.Match);

    public override ReadOnlyMemory<byte> Evaluate(FilterRun run)
    {
        if (parts is [var only])
        {
            return only.Evaluate(run);
        }

        var output = new ArrayBufferWriter<byte>();
        foreach (var part in parts)
        {
            var octets = part.Evaluate(run).Span;
            output.Write(octets[..Truncation.LengthWithin(octets, LongestExpansion - output.WrittenCount)]);
        }

        run.Spend(1 + (output.WrittenCount >> 8));
        return output.WrittenMemory;
    }

    public override string Text(FilterRun run) => Encoding.UTF8.GetString(Evaluate(run).Span);
}

/// <summary>A piece of a <see cref="TemplateString"/>.</summary>
internal abstract class TemplatePart
{
    public abstract ReadOnlyMemory<byte> Evaluate(FilterRun run);

    /// <summary>Text that stands for itself.</summary>
    public sealed class Literal(byte[] octets) : TemplatePart
    {
        public override ReadOnlyMemory<byte> Evaluate(FilterRun run) => octets;
    }

    /// <summary>A variable of the script.</summary>
    public sealed class Variable(string name) : TemplatePart
    {
        public override ReadOnlyMemory<byte> Evaluate(FilterRun run) => run.Variables.Get(name);
    }

    /// <summary>What a wildcard or group of the last successful match stood for.</summary>
    public sealed class Match(int index) : TemplatePart
    {
        public override ReadOnlyMemory<byte> Evaluate(FilterRun run) => run.Variables.GetMatch(index);
    }

    /// <summary>A name in the namespace of an extension.</summary>
    public sealed class Namespaced(Vocabulary.VariableNamespace space, string name) : TemplatePart
    {
        public override ReadOnlyMemory<byte> Evaluate(FilterRun run) => space.Get(run, name);
    }
}

/// <summary>Cuts texts to a length.</summary>
internal static class Truncation
{
    /// <summary>The length of the text cut to at most so many octets, no character torn apart.</summary>
    public static int LengthWithin(ReadOnlySpan<byte> octets, int most)
    {
        if (octets.Length <= most)
        {
            return octets.Length;
        }

        var length = Math.Max(0, most);
        while (length > 0 && (octets[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }
}
