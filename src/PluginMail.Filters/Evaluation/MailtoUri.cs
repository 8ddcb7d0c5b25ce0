using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>A mailto URI (RFC 6068) as far as a notification may use it (RFC 5436 2.3): what would forge or endanger mail is left out.</summary>
/// <param name="To">The recipients of To, bare addresses.</param>
/// <param name="Cc">Those of Cc.</param>
/// <param name="Subject">The subject, or null.</param>
/// <param name="Body">The body, or null.</param>
/// <param name="Fields">Further fields of the header.</param>
internal sealed record MailtoUri(
    ImmutableArray<string> To, ImmutableArray<string> Cc, string? Subject, string? Body, ImmutableArray<(string Name, string Value)> Fields)
{
    private const string Scheme = "mailto:";
    private const int LongestUri = 8192;
    private const int MostRecipients = 10;
    private const int MostFields = 10;

    private static readonly ImmutableHashSet<string> Harmless = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase, "reply-to", "comments", "keywords", "importance", "priority", "x-priority");

    /// <summary>Reads a URI; null, and a fault in words, where it is of another scheme or not valid.</summary>
    public static MailtoUri? Parse(string uri, out string fault)
    {
        if (!uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            fault = "only mailto: is supported";
            return null;
        }

        var question = uri.IndexOf('?', StringComparison.Ordinal);
        var reader = new Reader();
        fault = uri.Length > LongestUri ? "it is too long"
            : reader.AddAddresses(question < 0 ? uri[Scheme.Length..] : uri[Scheme.Length..question], reader.To) is { } bad ? bad
            : question >= 0 && reader.AddFields(uri[(question + 1)..]) is { } wrong ? wrong
            : reader.To.Count + reader.Cc.Count > MostRecipients ? $"it has more than {MostRecipients} recipients"
            : "";
        return fault.Length == 0 ? reader.ToUri() : null;
    }

    private static string? Decode(string text)
    {
        var octets = new byte[text.Length * 3];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                length += Encoding.UTF8.GetBytes(text.AsSpan(i, char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1), octets.AsSpan(length));
                i += char.IsHighSurrogate(text[i]) ? 1 : 0;
            }
            else if (i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var octet) && octet != 0)
            {
                octets[length++] = octet;
                i += 2;
            }
            else
            {
                return null;
            }
        }

        return Utf8.IsValid(octets.AsSpan(0, length)) ? Encoding.UTF8.GetString(octets, 0, length) : null;
    }

    private sealed class Reader
    {
        private readonly List<(string, string)> _fields = [];
        private string? _subject;
        private string? _body;

        public List<string> To { get; } = [];

        public List<string> Cc { get; } = [];

        public MailtoUri ToUri() => new([.. To], [.. Cc.Except(To, StringComparer.OrdinalIgnoreCase)], _subject, _body, [.. _fields]);

        /// <summary>What is wrong with a list of addresses, or null. "%2C" separates them (RFC 2368 2), and so does a comma (RFC 6068 2).</summary>
        public string? AddAddresses(string list, List<string> addresses)
        {
            foreach (var part in list.Replace("%2C", ",", StringComparison.OrdinalIgnoreCase).Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (Decode(part)?.Trim() is not { } address || !MailAddress.IsAddress(address))
                {
                    return $"\"{part}\" is no mail address";
                }

                if (!addresses.Contains(address, StringComparer.OrdinalIgnoreCase))
                {
                    addresses.Add(address);
                }
            }

            return null;
        }

        public string? AddFields(string query)
        {
            foreach (var field in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = field.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0 || Decode(field[..equals]) is not { } name || !HeaderBlock.IsFieldName(name) || Decode(field[(equals + 1)..]) is not { } value)
                {
                    return $"\"{field}\" is no field";
                }

                if (Add(name, field[(equals + 1)..], value) is { } fault)
                {
                    return fault;
                }
            }

            return null;
        }

        private string? Add(string name, string raw, string value)
        {
            switch (name.ToLowerInvariant())
            {
                case "to":
                    return AddAddresses(raw, To);
                case "cc":
                    return AddAddresses(raw, Cc);
                case "subject":
                    _subject ??= OneLine(value);
                    break;
                case "body":
                    _body ??= value;
                    break;
                default:
                    if (_fields.Count < MostFields && Harmless.Contains(name))
                    {
                        _fields.Add((char.ToUpperInvariant(name[0]) + name[1..], OneLine(value)));
                    }

                    break;
            }

            return null;
        }

        private static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
    }
}
