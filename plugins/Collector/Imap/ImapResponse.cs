using System.Globalization;
using PluginMail.Collector.Messages;

namespace PluginMail.Collector.Imap;

/// <summary>One response: its text, each literal replaced by <see cref="ImapValues.LiteralMark"/>, and the literals.</summary>
internal sealed class ImapResponse(string text, IReadOnlyList<byte[]?> literals, MessageSpool? body) : IDisposable
{
    private MessageSpool? _body = body;

    /// <summary>The text.</summary>
    public string Text => text;

    /// <summary>Whether it is an untagged response of this name.</summary>
    public bool Is(string name, out string rest)
    {
        bool isIt = text.StartsWith("* ", StringComparison.Ordinal) && text.AsSpan(2).StartsWith(name, StringComparison.OrdinalIgnoreCase)
            && (text.Length == 2 + name.Length || text[2 + name.Length] == ' ');
        rest = isIt && text.Length > 3 + name.Length ? text[(3 + name.Length)..] : "";
        return isIt;
    }

    /// <summary>Whether it is an untagged response of a number and this name.</summary>
    public bool IsNumbered(string name, out uint number, out string rest)
    {
        string[] parts = text.Split(' ', 4);
        rest = parts.Length > 3 ? parts[3] : "";
        number = 0;
        return parts.Length >= 3 && parts[0] == "*" && parts[2].Equals(name, StringComparison.OrdinalIgnoreCase)
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>A literal's octets; null for the one that is the body.</summary>
    public byte[]? Literal(ImapValue.Literal literal) => literal.Index < literals.Count ? literals[literal.Index] : null;

    /// <summary>Gives the message away that came with this response; null where none did.</summary>
    public MessageSpool? TakeBody()
    {
        var taken = _body;
        _body = null;
        return taken;
    }

    public void Dispose() => _body?.Dispose();
}
