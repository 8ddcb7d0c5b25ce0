using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace PluginMail.MailAuth;

/// <summary>Reads the terms of a policy (RFC 7208 section 12).</summary>
internal sealed class SpfRecordReader
{
    private readonly ImmutableArray<SpfDirective>.Builder _directives = ImmutableArray.CreateBuilder<SpfDirective>();
    private SpfMacroString? _redirect;
    private SpfMacroString? _explanation;

    /// <summary>Reads what follows the version.</summary>
    public SpfRecord? Read(string terms, out string? problem)
    {
        problem = null;
        foreach (Range range in terms.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> term = terms.AsSpan(range);
            if (!term.IsEmpty && !TryReadTerm(term))
            {
                problem = $"syntax error at '{Printable(term)}'";
                return null;
            }
        }

        return new SpfRecord(_directives.ToImmutable(), _redirect, _explanation);
    }

    private static string Printable(ReadOnlySpan<char> term)
    {
        char[] shown = term[..Math.Min(term.Length, 64)].ToArray();
        return new string(Array.ConvertAll(shown, c => c is < ' ' or > '~' ? '?' : c));
    }

    private bool TryReadTerm(ReadOnlySpan<char> term)
    {
        int name = NameLength(term);
        return name > 0 && name < term.Length && term[name] == '='
            ? TryReadModifier(term[..name], term[(name + 1)..])
            : TryReadDirective(term);
    }

    /// <summary>name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ).</summary>
    private static int NameLength(ReadOnlySpan<char> term)
    {
        int length = 0;
        while (length < term.Length && (char.IsAsciiLetter(term[length]) || (length > 0 && (char.IsAsciiDigit(term[length]) || term[length] is '-' or '_' or '.'))))
        {
            length++;
        }

        return length;
    }

    private bool TryReadModifier(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (name.Equals("redirect", StringComparison.OrdinalIgnoreCase))
        {
            return _redirect is null && (_redirect = SpfMacroString.TryParseDomain(value)) is not null;
        }

        if (name.Equals("exp", StringComparison.OrdinalIgnoreCase))
        {
            return _explanation is null && (_explanation = SpfMacroString.TryParseDomain(value)) is not null;
        }

        return SpfMacroString.TryParse(value, isExplanation: true) is not null;
    }

    private bool TryReadDirective(ReadOnlySpan<char> term)
    {
        string text = term.ToString();
        SpfResult result = term[0] switch
        {
            '-' => SpfResult.Fail,
            '~' => SpfResult.SoftFail,
            '?' => SpfResult.Neutral,
            _ => SpfResult.Pass,
        };
        term = term[0] is '+' or '-' or '~' or '?' ? term[1..] : term;
        int end = term.IndexOfAny(':', '/');
        ReadOnlySpan<char> name = end < 0 ? term : term[..end];
        ReadOnlySpan<char> argument = end < 0 ? [] : term[end..];
        if (ReadMechanism(name.ToString().ToLowerInvariant(), argument) is not { } mechanism)
        {
            return false;
        }

        _directives.Add(new SpfDirective(result, mechanism, text));
        return true;
    }

    private static SpfMechanism? ReadMechanism(string name, ReadOnlySpan<char> argument) => name switch
    {
        "all" => argument.IsEmpty ? new SpfMechanism.All() : null,
        "include" => ReadDomain(argument) is { } domain ? new SpfMechanism.Include(domain) : null,
        "exists" => ReadDomain(argument) is { } domain ? new SpfMechanism.Exists(domain) : null,
        "ptr" => argument.IsEmpty ? new SpfMechanism.Ptr(null) : ReadDomain(argument) is { } domain ? new SpfMechanism.Ptr(domain) : null,
        "a" or "mx" => ReadAddresses(name, argument),
        "ip4" => ReadNetwork(argument, AddressFamily.InterNetwork),
        "ip6" => ReadNetwork(argument, AddressFamily.InterNetworkV6),
        _ => null,
    };

    private static SpfMacroString? ReadDomain(ReadOnlySpan<char> argument) =>
        argument is [':', ..] ? SpfMacroString.TryParseDomain(argument[1..]) : null;

    /// <summary>[ ":" domain-spec ] [ dual-cidr-length ].</summary>
    private static SpfMechanism? ReadAddresses(string name, ReadOnlySpan<char> argument)
    {
        if (!TryTakePrefix(ref argument, "//", 128, out int ip6) || !TryTakePrefix(ref argument, "/", 32, out int ip4))
        {
            return null;
        }

        SpfMacroString? domain = ReadDomain(argument);
        if (domain is null && !argument.IsEmpty)
        {
            return null;
        }

        return name == "a" ? new SpfMechanism.A(domain, ip4, ip6) : new SpfMechanism.Mx(domain, ip4, ip6);
    }

    /// <summary>Takes a prefix length from the end, where one stands there; false where it is out of range.</summary>
    private static bool TryTakePrefix(ref ReadOnlySpan<char> argument, string mark, int maximum, out int prefix)
    {
        prefix = maximum;
        int slash = argument.LastIndexOf(mark);
        if (slash < 0 || argument[(slash + mark.Length)..] is not { IsEmpty: false } digits || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return true; // no prefix length; what stands there is a domain or wrong
        }

        if (digits.Length > 3 || (digits[0] == '0' && digits.Length > 1) || (prefix = int.Parse(digits)) > maximum)
        {
            return false;
        }

        argument = argument[..slash];
        return true;
    }

    private static SpfMechanism.Network? ReadNetwork(ReadOnlySpan<char> argument, AddressFamily family)
    {
        if (argument is not [':', ..])
        {
            return null;
        }

        argument = argument[1..];
        int maximum = family == AddressFamily.InterNetwork ? 32 : 128;
        if (!TryTakePrefix(ref argument, "/", maximum, out int prefix))
        {
            return null;
        }

        bool isWellFormed = family == AddressFamily.InterNetwork ? IsDottedQuad(argument) : IsIp6Text(argument);
        return isWellFormed && IPAddress.TryParse(argument, out IPAddress? address) && address.AddressFamily == family
            ? new SpfMechanism.Network(address, prefix) : null;
    }

    private static bool IsDottedQuad(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> number = text[range];
            if (number.Length is < 1 or > 3 || number.ContainsAnyExceptInRange('0', '9') || (number[0] == '0' && number.Length > 1))
            {
                return false;
            }

            count++;
        }

        return count == 4;
    }

    private static bool IsIp6Text(ReadOnlySpan<char> text)
    {
        int dots = text.IndexOf('.');
        if (dots >= 0 && !IsDottedQuad(text[(text.LastIndexOf(':') + 1)..]))
        {
            return false;
        }

        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.'))
            {
                return false;
            }
        }

        return text.Contains(':');
    }
}
