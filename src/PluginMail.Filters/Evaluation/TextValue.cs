using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>One value of a message that keys are matched against, with its folded forms as they are asked for.</summary>
internal sealed class TextValue(byte[] octets)
{
    private string? _text;
    private (Comparator Comparator, byte[]? Folded)[] _folded = [];

    public TextValue(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>The value itself.</summary>
    public byte[] Octets => octets;

    /// <summary>The value as text.</summary>
    public string Text => _text ??= Encoding.UTF8.GetString(octets);

    /// <summary>The value folded by a comparator, or null where the comparator does not define it.</summary>
    public byte[]? Folded(Comparator comparator)
    {
        foreach (var (known, folded) in _folded)
        {
            if (ReferenceEquals(known, comparator))
            {
                return folded;
            }
        }

        var made = comparator.Fold(octets);
        _folded = [.. _folded, (comparator, made)];
        return made;
    }

    public override string ToString() => Text;
}
