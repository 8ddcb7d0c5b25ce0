using System.Text;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>The fields of a message's header in their order, found by name. Octets stay as they are.</summary>
internal sealed class HeaderFields
{
    /// <summary>Octets of a header that are looked at; nothing above it can be verified.</summary>
    public const int MaximumOctets = 1 << 20;

    /// <summary>Fields that are looked at.</summary>
    public const int MaximumFields = 8192;

    private readonly ReadOnlyMemory<byte> _octets;
    private readonly List<Position> _fields = [];
    private readonly Dictionary<string, List<int>> _byName = new(StringComparer.OrdinalIgnoreCase);

    private HeaderFields(ReadOnlyMemory<byte> octets) => _octets = octets;

    /// <summary>Whether all of the header was looked at.</summary>
    public bool IsComplete { get; private set; } = true;

    public int Count => _fields.Count;

    /// <summary>Reads a header block.</summary>
    public static HeaderFields Read(ReadOnlyMemory<byte> header, bool isWhole = true)
    {
        var fields = new HeaderFields(header) { IsComplete = isWhole };
        foreach (HeaderField field in new HeaderBlock(header.Span))
        {
            if (fields._fields.Count == MaximumFields)
            {
                fields.IsComplete = false;
                break;
            }

            if (!field.IsGarbage)
            {
                fields.Add(field);
            }
        }

        return fields;
    }

    /// <summary>The indexes of the fields of a name, from the top down.</summary>
    public IReadOnlyList<int> Find(string name) => _byName.TryGetValue(name, out List<int>? found) ? found : [];

    public string NameOf(int index) => _fields[index].Name;

    /// <summary>The octets after the colon up to the last line end, folds included.</summary>
    public ReadOnlyMemory<byte> ValueOf(int index) => _octets[_fields[index].ValueStart.._fields[index].ValueEnd];

    /// <summary>The field's octets without its last line end.</summary>
    public ReadOnlyMemory<byte> OctetsOf(int index) => _octets[_fields[index].Start.._fields[index].ValueEnd];

    private void Add(HeaderField field)
    {
        string name = Encoding.Latin1.GetString(field.Name);
        if (!_byName.TryGetValue(name, out List<int>? same))
        {
            _byName.Add(name, same = []);
        }

        same.Add(_fields.Count);
        _fields.Add(new Position(name, field.Start, field.ValueStart, field.ValueStart + field.RawValue.Length));
    }

    private readonly record struct Position(string Name, int Start, int ValueStart, int ValueEnd);
}
