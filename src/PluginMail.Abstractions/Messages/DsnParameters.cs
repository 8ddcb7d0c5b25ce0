using System.Buffers;
using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>What the client asked for by the parameters of MAIL and RCPT about reports (RFC 3461).</summary>
/// <param name="EnvelopeId">ENVID (section 4.4), as xtext; null where none was given.</param>
/// <param name="Return">RET (section 4.3); null where none was given.</param>
/// <param name="Recipients">Those recipients for which something was given.</param>
public sealed record DsnParameters(string? EnvelopeId, DsnReturn? Return, ImmutableDictionary<EmailAddress, RecipientDsn> Recipients)
{
    /// <summary>What was asked for a recipient.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <returns>Its parameters; none given where it is not known.</returns>
    public RecipientDsn For(EmailAddress recipient) => Recipients.GetValueOrDefault(recipient, RecipientDsn.None);

    /// <summary>Whether a text can be an ENVID: 1 to 100 characters of xtext (RFC 3461 sections 4 and 4.4).</summary>
    /// <param name="text">The text.</param>
    /// <returns>True where it can.</returns>
    public static bool IsEnvelopeId(ReadOnlySpan<char> text) => text.Length is > 0 and <= 100 && IsXtext(text);

    /// <summary>Printable ASCII in which a plus sign begins two hexadecimal digits (RFC 3461 section 4).</summary>
    internal static bool IsXtext(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> rest = text;
        for (int plus = rest.IndexOf('+'); plus >= 0; plus = rest.IndexOf('+'))
        {
            if (rest.Length < plus + 3 || !char.IsAsciiHexDigitUpper(rest[plus + 1]) || !char.IsAsciiHexDigitUpper(rest[plus + 2]))
            {
                return false;
            }

            rest = rest[(plus + 3)..];
        }

        return text.IndexOfAnyExceptInRange('!', '~') < 0 && !text.Contains('=');
    }
}

/// <summary>What the client asked for one recipient (RFC 3461).</summary>
/// <param name="Notify">NOTIFY (section 4.1); null where none was given.</param>
/// <param name="OriginalRecipient">ORCPT (section 4.2) with its type, as <c>rfc822;a@b.example</c> in xtext; null where none was given.</param>
public sealed record RecipientDsn(DsnNotify? Notify, string? OriginalRecipient)
{
    private static readonly SearchValues<char> NotInAtom = SearchValues.Create("()<>@,:\\\".[]=");

    /// <summary>Nothing was asked.</summary>
    public static RecipientDsn None { get; } = new(null, null);

    /// <summary>Whether a text can be an ORCPT: an address type that is an atom, a semicolon, and xtext; of type <c>utf-8</c> other characters too (RFC 6533 section 3). At most 500 characters.</summary>
    /// <param name="text">As <c>rfc822;a@b.example</c>.</param>
    /// <returns>True where it can.</returns>
    public static bool IsOriginalRecipient(ReadOnlySpan<char> text)
    {
        int semicolon = text.IndexOf(';');
        if (semicolon <= 0 || semicolon == text.Length - 1 || text.Length > 500)
        {
            return false;
        }

        ReadOnlySpan<char> type = text[..semicolon];
        ReadOnlySpan<char> address = text[(semicolon + 1)..];
        return type.IndexOfAnyExceptInRange('!', '~') < 0 && !type.ContainsAny(NotInAtom)
            && (type.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                ? address.IndexOfAnyInRange('\0', ' ') < 0 && address.IndexOfAny('\u007f', '=') < 0
                : DsnParameters.IsXtext(address));
    }
}
