using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PluginMail.Abstractions;

/// <summary>An address of one mailbox: local part and domain (RFC 5321 section 4.1.2, RFC 6531 for UTF-8).</summary>
/// <remarks>
/// The local part is held unquoted and as written; the domain as written, an address literal with its brackets.
/// Two addresses are equal when their domains are equal without regard to ASCII case and their local parts are the same.
/// </remarks>
public sealed class EmailAddress : IEquatable<EmailAddress>
{
    /// <summary>Octets of the longest local part (RFC 5321 section 4.5.3.1.1), doubled because peers exceed it.</summary>
    public const int MaximumLocalPartLength = 128;

    /// <summary>Octets of the longest domain (RFC 5321 section 4.5.3.1.2).</summary>
    public const int MaximumDomainLength = 255;

    private static readonly SearchValues<char> Special = SearchValues.Create("()<>[]:;@\\,\" \t");

    /// <summary>Makes an address of parts that the caller has checked.</summary>
    /// <param name="localPart">Unquoted local part.</param>
    /// <param name="domain">Domain name or address literal in brackets.</param>
    public EmailAddress(string localPart, string domain)
    {
        LocalPart = localPart;
        Domain = domain;
    }

    /// <summary>The part before the at sign, without quotes.</summary>
    public string LocalPart { get; }

    /// <summary>The part behind the at sign, as written.</summary>
    public string Domain { get; }

    /// <summary>
    /// Reads <c>local@domain</c>, with a dot-atom or a quoted string before the at sign. Dots may stand anywhere in the atom, as in <c>m..e.@domain</c>:
    /// there are mailboxes of that name, and <see cref="ToString"/> quotes them.
    /// </summary>
    /// <param name="text">The address without angle brackets.</param>
    /// <param name="address">The address when the text is one.</param>
    /// <returns>False where the text is no address or is too long.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out EmailAddress? address)
    {
        address = null;
        if (text is null || text.Length > MaximumLocalPartLength + MaximumDomainLength + 3)
        {
            return false;
        }

        int at = text.LastIndexOf('@');
        if (at < 1 || !TryLocalPart(text.AsSpan(0, at), out string? localPart) || !IsDomain(text.AsSpan(at + 1)))
        {
            return false;
        }

        address = new EmailAddress(localPart, text[(at + 1)..]);
        return true;
    }

    /// <summary>Whether a text is a domain name or an address literal (RFC 5321 section 4.1.2), internationalised labels included.</summary>
    /// <param name="text">The domain.</param>
    /// <returns>True when it can stand behind an at sign.</returns>
    public static bool IsDomain(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.Length > MaximumDomainLength)
        {
            return false;
        }

        if (text[0] == '[')
        {
            return text[^1] == ']' && text.Length > 2 && text[1..^1].IndexOfAnyExcept(LiteralCharacters) < 0;
        }

        int label = 0;
        foreach (char c in text)
        {
            if (c == '.')
            {
                if (label == 0)
                {
                    return false;
                }

                label = 0;
            }
            else if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || c >= 0x80)
            {
                if (++label > 63)
                {
                    return false;
                }
            }
            else
            {
                return false;
            }
        }

        return label > 0;
    }

    /// <inheritdoc/>
    public bool Equals(EmailAddress? other) =>
        other is not null && LocalPart == other.LocalPart && Domain.Equals(other.Domain, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EmailAddress);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(LocalPart.GetHashCode(StringComparison.Ordinal), Domain.GetHashCode(StringComparison.OrdinalIgnoreCase));

    /// <summary>The address as RFC 5321 writes it: the local part quoted where it must be.</summary>
    /// <returns><c>local@domain</c>.</returns>
    public override string ToString() => $"{Quote(LocalPart)}@{Domain}";

    private static readonly SearchValues<char> LiteralCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:.-");

    private static bool TryLocalPart(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? localPart)
    {
        localPart = null;
        if (Encoding.UTF8.GetByteCount(text) > MaximumLocalPartLength)
        {
            return false;
        }

        if (text[0] == '"')
        {
            return TryUnquote(text, out localPart);
        }

        if (text.ContainsAny(Special) || text.ContainsAnyInRange('\0', '\x1f') || text.Contains('\x7f'))
        {
            return false;
        }

        localPart = text.ToString();
        return true;
    }

    private static bool TryUnquote(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? localPart)
    {
        localPart = null;
        if (text.Length < 2 || text[^1] != '"')
        {
            return false;
        }

        var unquoted = new StringBuilder(text.Length);
        ReadOnlySpan<char> inner = text[1..^1];
        for (int i = 0; i < inner.Length; i++)
        {
            char c = inner[i];
            if (c == '\\' && ++i < inner.Length)
            {
                c = inner[i];
            }
            else if (c is '"' or '\\')
            {
                return false;
            }

            if (c is < ' ' or '\x7f')
            {
                return false;
            }

            unquoted.Append(c);
        }

        localPart = unquoted.ToString();
        return true;
    }

    private static string Quote(string localPart)
    {
        if (localPart.Length > 0 && !localPart.AsSpan().ContainsAny(Special) && localPart[0] != '.' && localPart[^1] != '.'
            && !localPart.Contains("..", StringComparison.Ordinal))
        {
            return localPart;
        }

        return "\"" + localPart.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
    }
}
