using System.Buffers;
using System.Globalization;

namespace PluginMail.Filters.Evaluation;

/// <summary>The addresses that scripts name, and domains in the form in which they compare.</summary>
internal static class MailAddress
{
    private const int LongestAddress = 320;
    private static readonly SearchValues<char> NotInDomain = SearchValues.Create(" \t\r\n\"(),:;<>@[]\\/\0");
    private static readonly SearchValues<char> NotInAtom = SearchValues.Create(" \t\r\n\"(),:;<>@[]\\\0");

    /// <summary>Whether the text is an addr-spec: the form in which move and copy take another mailbox.</summary>
    public static bool IsAddress(string text)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && text.Length <= LongestAddress && IsLocalpart(text.AsSpan(0, at)) && IsDomain(text.AsSpan(at + 1));
    }

    /// <summary>Whether the text is a sieve-address (RFC 5228 2.4.2.3): an addr-spec, or a phrase and one in angle brackets.</summary>
    public static bool IsSieveAddress(string text) => IsAddress(Bare(text)) && !text.AsSpan().ContainsAny('\r', '\n', '\0');

    /// <summary>The addr-spec of a sieve-address.</summary>
    public static string Bare(string text)
    {
        var trimmed = text.AsSpan().Trim();
        var open = trimmed.LastIndexOf('<');
        if (open < 0 || !trimmed.EndsWith(">"))
        {
            return trimmed.ToString();
        }

        return trimmed[(open + 1)..^1].Trim().ToString();
    }

    /// <summary>An envelope path as an address, its source route dropped (RFC 5228 5.4).</summary>
    public static FilterAddress FromPath(string path)
    {
        var text = path.AsSpan().Trim();
        text = text.StartsWith("<") && text.EndsWith(">") ? text[1..^1] : text;
        if (text.StartsWith("@") && text.IndexOf(':') is >= 0 and var colon)
        {
            text = text[(colon + 1)..];
        }

        var whole = text.ToString();
        if (whole.Length == 0)
        {
            return new(null, "", "", "");
        }

        var at = whole.LastIndexOf('@');
        return at > 0 && at < whole.Length - 1
            ? new(null, Unquote(whole[..at]), whole[(at + 1)..], Plain(Unquote(whole[..at]), whole[(at + 1)..]) ?? whole)
            : new(null, whole.Contains('@', StringComparison.Ordinal) ? null : whole, null, whole);
    }

    /// <summary>An address without quotes, as scripts name it; null where its local part needs them for more than its dots.</summary>
    public static string? Plain(string localpart, string domain) => IsAtom(localpart) ? $"{localpart}@{domain}" : null;

    /// <summary>Text that ends with a domain, the domain's letters outside of ASCII written as A-labels.</summary>
    public static string ToALabels(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        var domain = text.LastIndexOf('@') + 1;
        var labels = text[domain..].Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = ToALabel(labels[i]);
        }

        return text[..domain] + string.Join('.', labels);
    }

    private static string ToALabel(string label)
    {
        if (System.Text.Ascii.IsValid(label) || label.Length > 63)
        {
            return label;
        }

        try
        {
            return new IdnMapping().GetAscii(label.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return label;
        }
    }

    private static string Unquote(string localpart) =>
        localpart.Length > 1 && localpart[0] == '"' && localpart[^1] == '"'
            ? localpart[1..^1].Replace("\\", "", StringComparison.Ordinal)
            : localpart;

    private static bool IsLocalpart(ReadOnlySpan<char> localpart)
    {
        if (localpart.Length > 1 && localpart[0] == '"' && localpart[^1] == '"')
        {
            return !localpart[1..^1].ContainsAny('"', '\r', '\n');
        }

        return IsAtom(localpart);
    }

    // Dots may stand anywhere in it: there are mailboxes whose names have them at an end or in a row.
    private static bool IsAtom(ReadOnlySpan<char> localpart) => !localpart.IsEmpty && !localpart.ContainsAny(NotInAtom);

    private static bool IsDomain(ReadOnlySpan<char> domain) =>
        domain.Length is > 0 and <= 255 && !domain.ContainsAny(NotInDomain) && HasNoEmptyPart(domain);

    private static bool HasNoEmptyPart(ReadOnlySpan<char> dotted) =>
        !dotted.StartsWith(".") && !dotted.EndsWith(".") && dotted.IndexOf("..") < 0;
}
