using System.Buffers;
using System.Text;
using PluginMail.Mime;

namespace PluginMail.Imap;

/// <summary>A text that is searched for: any part of another text, case not regarded.</summary>
internal sealed class Needle
{
    private readonly SearchValues<string>? _search;

    /// <summary>Prepares the search.</summary>
    /// <param name="text">The text; empty is found everywhere.</param>
    public Needle(string text)
    {
        Text = text;
        _search = text.Length == 0 ? null : SearchValues.Create([text], StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Whether a text holds it.</summary>
    public bool IsIn(ReadOnlySpan<char> text) => _search is null || text.ContainsAny(_search);

    /// <summary>Whether a header value holds it, decoded.</summary>
    /// <param name="rawValue">Still folded and encoded.</param>
    public bool IsInHeader(ReadOnlySpan<byte> rawValue)
    {
        if (_search is null)
        {
            return true;
        }

        if (rawValue.Length <= 512 && Ascii.IsValid(rawValue) && rawValue.IndexOf("=?"u8) < 0 && rawValue.IndexOf((byte)'\n') < 0)
        {
            Span<char> plain = stackalloc char[512];
            int length = Encoding.Latin1.GetChars(rawValue, plain);
            return IsIn(plain[..length]);
        }

        return IsIn(HeaderText.Decode(rawValue).Text);
    }
}
