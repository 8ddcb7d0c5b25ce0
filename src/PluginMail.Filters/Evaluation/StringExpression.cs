using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>A string of a script. Its octets may depend on the run; those of <see cref="ConstantString"/> do not.</summary>
internal abstract class StringExpression
{
    /// <summary>A string that is the same in every run.</summary>
    public static StringExpression Of(ReadOnlyMemory<byte> octets) => new ConstantString(octets);

    /// <summary>Whether every run sees the same octets.</summary>
    public abstract bool IsConstant { get; }

    /// <summary>The octets as far as they are known before a run.</summary>
    public abstract ReadOnlyMemory<byte> Octets { get; }

    /// <summary><see cref="Octets"/> as text.</summary>
    public abstract string Constant { get; }

    /// <summary>The octets in a run.</summary>
    public abstract ReadOnlyMemory<byte> Evaluate(FilterRun run);

    /// <summary>The text in a run.</summary>
    public abstract string Text(FilterRun run);
}

/// <summary>A string that is what it is.</summary>
internal sealed class ConstantString(ReadOnlyMemory<byte> octets) : StringExpression
{
    private string? _constant;

    public override bool IsConstant => true;

    public override ReadOnlyMemory<byte> Octets => octets;

    public override string Constant => _constant ??= Encoding.UTF8.GetString(octets.Span);

    public override ReadOnlyMemory<byte> Evaluate(FilterRun run) => octets;

    public override string Text(FilterRun run) => Constant;
}
