using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Syntax;

/// <summary>A place in a script that moves on as tokens are taken.</summary>
internal sealed class ScriptCursor(SourceText text, DiagnosticBag diagnostics)
{
    /// <summary>The offset of the next octet.</summary>
    public int At { get; set; }

    /// <summary>What is left.</summary>
    public ReadOnlySpan<byte> Rest => text.Octets[At..];

    /// <summary>The next octet, or -1 at the end.</summary>
    public int Current => At < text.Length ? text.Octets[At] : -1;

    /// <summary>The offset at which the line after the one of an offset begins.</summary>
    public int NextLine(int from)
    {
        var end = text.Octets[from..].IndexOf((byte)'\n');
        return end < 0 ? text.Length : from + end + 1;
    }

    /// <summary>Reports the NUL octet here and steps over it.</summary>
    public void SkipNul()
    {
        diagnostics.Add(FilterCodes.NulOctet, new(At, 1), "A script cannot contain the NUL character; \"${hex:00}\" stands for it.");
        At++;
    }
}
