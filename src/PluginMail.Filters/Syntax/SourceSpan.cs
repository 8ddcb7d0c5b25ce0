namespace PluginMail.Filters.Syntax;

/// <summary>A stretch of a script: offset and length in octets.</summary>
/// <param name="Start">Offset of the first octet.</param>
/// <param name="Length">Length in octets; 0 marks a place between two octets.</param>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The offset after the last octet.</summary>
    public int End => Start + Length;

    /// <summary>The span from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    public static SourceSpan Between(int start, int end) => new(start, Math.Max(0, end - start));

    /// <summary>The smallest span that covers both.</summary>
    public SourceSpan Cover(SourceSpan other) => Between(Math.Min(Start, other.Start), Math.Max(End, other.End));
}

/// <summary>A place in a script as a person counts it.</summary>
/// <param name="Offset">Offset in octets, from 0.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters (Unicode code points), from 1.</param>
public readonly record struct SourcePosition(int Offset, int Line, int Column);
