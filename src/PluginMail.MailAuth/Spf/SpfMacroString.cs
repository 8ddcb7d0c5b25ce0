using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace PluginMail.MailAuth;

/// <summary>A text with macros (RFC 7208 section 7), its grammar checked.</summary>
internal sealed class SpfMacroString
{
    /// <summary>Characters of the longest expansion; what would be longer is a permerror.</summary>
    private const int MaximumExpansion = 8192;

    private static readonly SearchValues<char> Delimiters = SearchValues.Create(".-+,/_=");

    private readonly ImmutableArray<Part> _parts;

    private SpfMacroString(ImmutableArray<Part> parts) => _parts = parts;

    /// <summary>Whether the macro p stands in it, which costs look-ups.</summary>
    public bool NeedsValidatedName => _parts.Any(part => part.Letter == 'p');

    /// <summary>Reads a domain-spec (section 7.1): it ends in a macro or in a top label.</summary>
    public static SpfMacroString? TryParseDomain(ReadOnlySpan<char> text) =>
        TryParse(text, isExplanation: false) is { _parts.IsEmpty: false } parsed && parsed.EndsAsDomain() ? parsed : null;

    /// <summary>Reads a macro-string.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isExplanation">Whether spaces and the macros c, r and t may stand in it (sections 6.2 and 7.2).</param>
    public static SpfMacroString? TryParse(ReadOnlySpan<char> text, bool isExplanation)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        while (!text.IsEmpty)
        {
            int percent = text.IndexOf('%');
            ReadOnlySpan<char> literal = percent < 0 ? text : text[..percent];
            if (literal.ContainsAnyExceptInRange(isExplanation ? ' ' : '!', '~'))
            {
                return null;
            }

            if (!literal.IsEmpty)
            {
                parts.Add(new Part(literal.ToString(), '\0', false, 0, false, ""));
            }

            text = text[literal.Length..];
            if (!text.IsEmpty && !TryReadMacro(ref text, isExplanation, parts))
            {
                return null;
            }
        }

        return new SpfMacroString(parts.ToImmutable());
    }

    /// <summary>Puts the values in.</summary>
    /// <returns>Null where the text would grow too long.</returns>
    public string? Expand(SpfMacroValues values)
    {
        var text = new StringBuilder();
        foreach (Part part in _parts)
        {
            text.Append(part.Letter == '\0' ? part.Literal : part.Expand(values));
            if (text.Length > MaximumExpansion)
            {
                return null;
            }
        }

        return text.ToString();
    }

    /// <summary>Puts the values in and gives a domain name: without a last dot, labels at the left left out where it is too long (section 7.3).</summary>
    public string? ExpandDomain(SpfMacroValues values)
    {
        string? name = Expand(values);
        if (name is null)
        {
            return null;
        }

        name = name.EndsWith('.') ? name[..^1] : name;
        if (name.Length > DomainName.MaximumLength)
        {
            int dot = name.IndexOf('.', name.Length - DomainName.MaximumLength - 1);
            name = dot < 0 ? name : name[(dot + 1)..];
        }

        return name;
    }

    /// <summary>macro-expand = "%{" macro-letter transformers *delimiter "}" / "%%" / "%_" / "%-".</summary>
    private static bool TryReadMacro(ref ReadOnlySpan<char> text, bool isExplanation, ImmutableArray<Part>.Builder parts)
    {
        string? literal = text is ['%', var escape, ..] ? escape switch { '%' => "%", '_' => " ", '-' => "%20", _ => null } : null;
        if (literal is not null)
        {
            parts.Add(new Part(literal, '\0', true, 0, false, ""));
            text = text[2..];
            return true;
        }

        int end = text.IndexOf('}');
        if (text is not ['%', '{', ..] || end < 3)
        {
            return false;
        }

        char letter = text[2];
        char lower = char.ToLowerInvariant(letter);
        ReadOnlySpan<char> rest = text[3..end];
        int digits = rest.IndexOfAnyExceptInRange('0', '9') is >= 0 and var length ? length : rest.Length;
        int keep = 0;
        if (!"slodiphcrtv".Contains(lower, StringComparison.Ordinal) || (lower is 'c' or 'r' or 't' && !isExplanation)
            || (digits > 0 && (keep = ReadCount(rest[..digits])) == 0))
        {
            return false;
        }

        rest = rest[digits..];
        bool isReversed = rest is ['r' or 'R', ..];
        rest = isReversed ? rest[1..] : rest;
        if (rest.ContainsAnyExcept(Delimiters))
        {
            return false;
        }

        parts.Add(new Part("", lower, char.IsAsciiLetterUpper(letter), keep, isReversed, rest.IsEmpty ? "." : rest.ToString()));
        text = text[(end + 1)..];
        return true;
    }

    private static int ReadCount(ReadOnlySpan<char> digits) => int.TryParse(digits, out int count) ? count : int.MaxValue;

    /// <summary>domain-end = ( "." toplabel [ "." ] ) / macro-expand.</summary>
    private bool EndsAsDomain()
    {
        Part last = _parts[^1];
        if (last.Letter != '\0' || last.IsUpper)
        {
            return true; // a macro, or one of the escapes, which are marked so
        }

        ReadOnlySpan<char> literal = last.Literal;
        literal = literal.EndsWith(".") ? literal[..^1] : literal;
        int dot = literal.LastIndexOf('.');
        return dot >= 0 && IsTopLabel(literal[(dot + 1)..]);
    }

    private static bool IsTopLabel(ReadOnlySpan<char> label)
    {
        bool hasOther = false;
        foreach (char c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return false;
            }

            hasOther |= !char.IsAsciiDigit(c);
        }

        return hasOther && label[0] != '-' && label[^1] != '-';
    }

    private readonly record struct Part(string Literal, char Letter, bool IsUpper, int Keep, bool IsReversed, string Delimiters)
    {
        public string Expand(SpfMacroValues values)
        {
            string value = values[Letter];
            if (Keep > 0 || IsReversed || Delimiters != ".")
            {
                string[] pieces = value.Split(Delimiters.ToCharArray());
                if (IsReversed)
                {
                    Array.Reverse(pieces);
                }

                value = string.Join('.', Keep > 0 && Keep < pieces.Length ? pieces[^Keep..] : pieces);
            }

            return IsUpper ? Uri.EscapeDataString(value) : value;
        }
    }
}
