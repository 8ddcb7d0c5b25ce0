using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;
using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>A path of MAIL or RCPT.</summary>
/// <param name="Address">The mailbox; null for <c>&lt;&gt;</c> and for <c>&lt;postmaster&gt;</c>.</param>
/// <param name="IsPostmaster">Whether it is <c>postmaster</c> without a domain (RFC 5321 section 4.5.1).</param>
/// <param name="IsAscii">Whether it needs no SMTPUTF8.</param>
internal sealed record MailPath(EmailAddress? Address, bool IsPostmaster, bool IsAscii)
{
    public static readonly MailPath Null = new(null, IsPostmaster: false, IsAscii: true);
    public static readonly MailPath Postmaster = new(null, IsPostmaster: true, IsAscii: true);

    /// <summary>Whether it is <c>&lt;&gt;</c>.</summary>
    public bool IsNull => Address is null && !IsPostmaster;
}

/// <summary>Reads paths (RFC 5321 section 4.1.2, RFC 6531 section 3.3). Source routes are passed over (appendix C).</summary>
internal ref struct PathReader(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> NotDotString = SearchValues.Create("()<>[]:;@\\,\" \t\x7f"u8);
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>What lies behind the path.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Takes a word in any case, as <c>FROM:</c>, and the spaces behind it.</summary>
    /// <param name="word">In upper case.</param>
    /// <returns>False where another word stands here.</returns>
    public bool TryTakeWord(ReadOnlySpan<byte> word)
    {
        if (_rest.Length < word.Length || !Ascii.EqualsIgnoreCase(_rest[..word.Length], word))
        {
            return false;
        }

        _rest = _rest[word.Length..].TrimStart((byte)' ');
        return true;
    }

    /// <summary>Takes a path with its angle brackets.</summary>
    /// <param name="path">The path.</param>
    /// <returns>False where there is none.</returns>
    public bool TryTakePath([NotNullWhen(true)] out MailPath? path)
    {
        path = null;
        if (!TryTake('<'))
        {
            return false;
        }

        if (TryTake('>'))
        {
            path = MailPath.Null;
            return true;
        }

        bool hasRoute = !_rest.IsEmpty && _rest[0] == '@';
        if (hasRoute && !TrySkipRoute())
        {
            return false;
        }

        ReadOnlySpan<byte> mailbox = _rest;
        if (!TryTakeLocalPart(out string? localPart))
        {
            return false;
        }

        if (!hasRoute && localPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase) && TryTake('>'))
        {
            path = MailPath.Postmaster;
            return true;
        }

        if (!TryTake('@') || !TryTakeDomain(out string? domain))
        {
            return false;
        }

        bool isAscii = Ascii.IsValid(mailbox[..^_rest.Length]);
        path = new MailPath(new EmailAddress(localPart, domain), IsPostmaster: false, isAscii);
        return TryTake('>');
    }

    private bool TryTake(char octet)
    {
        if (_rest.IsEmpty || _rest[0] != octet)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    // A-d-l ":" with A-d-l = At-domain *( "," At-domain )
    private bool TrySkipRoute()
    {
        do
        {
            if (!TryTake('@') || !TryTakeDomain(out _))
            {
                return false;
            }
        }
        while (TryTake(','));
        return TryTake(':');
    }

    private bool TryTakeLocalPart([NotNullWhen(true)] out string? localPart)
    {
        localPart = null;
        if (TryTake('"'))
        {
            return TryTakeQuotedString(out localPart);
        }

        int length = _rest.IndexOfAny(NotDotString);
        if (length <= 0 || length > EmailAddress.MaximumLocalPartLength)
        {
            return false;
        }

        ReadOnlySpan<byte> dotString = _rest[..length];
        _rest = _rest[length..];
        return TryDecode(dotString, out localPart); // dots anywhere: senders exist that should have quoted them, and Postfix and Exim take them too
    }

    private bool TryTakeQuotedString([NotNullWhen(true)] out string? localPart)
    {
        localPart = null;
        Span<byte> unquoted = stackalloc byte[EmailAddress.MaximumLocalPartLength];
        int length = 0;
        for (int i = 0; i < _rest.Length; i++)
        {
            byte octet = _rest[i];
            if (octet == '"')
            {
                _rest = _rest[(i + 1)..];
                return TryDecode(unquoted[..length], out localPart);
            }

            if (octet == '\\' && ++i < _rest.Length)
            {
                octet = _rest[i];
                if (octet >= 0x80)
                {
                    return false; // quoted-pairSMTP is ASCII
                }
            }

            if (length == unquoted.Length)
            {
                return false;
            }

            unquoted[length++] = octet;
        }

        return false;
    }

    private bool TryTakeDomain([NotNullWhen(true)] out string? domain)
    {
        domain = null;
        int length = !_rest.IsEmpty && _rest[0] == '[' ? _rest.IndexOf((byte)']') + 1 : _rest.IndexOfAny(">,:"u8);
        if (length <= 0 || length > EmailAddress.MaximumDomainLength || !TryDecode(_rest[..length], out domain))
        {
            return false;
        }

        _rest = _rest[length..];
        return domain[0] == '[' ? IsAddressLiteral(domain.AsSpan(1, domain.Length - 2)) : EmailAddress.IsDomain(domain);
    }

    // IPv4-address-literal / "IPv6:" IPv6-addr (RFC 5321 section 4.1.3); no general-address-literal is registered.
    private static bool IsAddressLiteral(ReadOnlySpan<char> text) =>
        text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase)
            ? !text.Contains('%') && IPAddress.TryParse(text[5..], out IPAddress? six) && six.AddressFamily == AddressFamily.InterNetworkV6
            : text.Count('.') == 3 && IPAddress.TryParse(text, out IPAddress? four) && four.AddressFamily == AddressFamily.InterNetwork;

    private static bool TryDecode(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (Ascii.IsValid(octets))
        {
            text = Encoding.ASCII.GetString(octets);
            return octets.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0;
        }

        if (!Utf8.IsValid(octets))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(octets);
        return text.AsSpan().IndexOfAny(Unprintable) < 0;
    }

    // C0 and C1 controls, line and paragraph separators, and what turns the direction of a log line round.
    private static readonly SearchValues<char> Unprintable = SearchValues.Create(
        [.. Enumerable.Range(0, 0xa0).Where(c => c is < ' ' or >= 0x7f).Select(c => (char)c), '\u2028', '\u2029', '\u200e', '\u200f', .. "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"]);
}
