using System.Text;

namespace PluginMail.MailAuth;

/// <summary>Writes the value of a signature field, folded at 76 columns (RFC 6376 section 3.5).</summary>
internal sealed class SignatureField
{
    private const int MaximumColumn = 76;
    private const string Fold = "\r\n\t";

    private readonly StringBuilder _value = new();
    private readonly string _name;
    private int _column;

    /// <summary>Begins a field.</summary>
    public SignatureField(string name)
    {
        _name = name;
        _column = name.Length + 1;
    }

    /// <summary>Adds a tag whose value is kept in one piece.</summary>
    public SignatureField Tag(string name, string value)
    {
        Piece($" {name}={value};");
        return this;
    }

    /// <summary>Adds a tag of names parted by colons, between which the line may end.</summary>
    public SignatureField Names(string name, IReadOnlyList<string> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            Piece($"{(i == 0 ? $" {name}=" : "")}{values[i]}{(i == values.Count - 1 ? ';' : ':')}");
        }

        return this;
    }

    /// <summary>The value up to and with <c>b=</c>, as the hash sees it.</summary>
    public string WithoutSignature() => $"{_value}{Fold}b=";

    /// <summary>The field's octets up to and with <c>b=</c>, as the hash sees them.</summary>
    public byte[] OctetsWithoutSignature() => Encoding.UTF8.GetBytes($"{_name}:{WithoutSignature()}");

    /// <summary>The whole value: what stands after the colon.</summary>
    public string WithSignature(byte[] signature)
    {
        var value = new StringBuilder(WithoutSignature());
        string[] lines = [.. Convert.ToBase64String(signature).Chunk(MaximumColumn - 4).Select(chunk => new string(chunk))];
        return value.AppendJoin(Fold, lines).ToString();
    }

    private void Piece(string piece)
    {
        if (_column + piece.Length > MaximumColumn && _value.Length > 0)
        {
            _value.Append(Fold);
            piece = piece.TrimStart(' ');
            _column = 1;
        }

        _value.Append(piece);
        _column += piece.Length;
    }
}
