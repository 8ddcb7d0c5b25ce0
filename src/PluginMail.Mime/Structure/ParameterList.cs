using System.Buffers;
using System.Globalization;
using System.Text;

namespace PluginMail.Mime;

/// <summary>Collects raw parameters and puts the pieces of RFC 2231 together.</summary>
internal sealed class ParameterList
{
    private const int MaxSections = 999;

    private readonly List<string> _order = [];
    private readonly Dictionary<string, Sections> _byName = new(StringComparer.Ordinal);

    /// <summary>Raw parameters seen.</summary>
    public int Count { get; private set; }

    public static string? Find(IReadOnlyList<MimeParameter> parameters, string name)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].Name == name)
            {
                return parameters[i].Value;
            }
        }
        return null;
    }

    /// <summary>Adds "name", "name*", "name*1" or "name*1*".</summary>
    public void Add(string name, ReadOnlySpan<byte> value)
    {
        Count++;
        var isExtended = name.EndsWith('*');
        var stem = isExtended ? name[..^1] : name;
        var star = stem.LastIndexOf('*');
        var number = -1;
        if (star > 0 && int.TryParse(stem.AsSpan(star + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed <= MaxSections)
        {
            number = parsed;
            stem = stem[..star];
        }
        if (stem.Length == 0)
        {
            return;
        }
        if (!_byName.TryGetValue(stem, out var sections))
        {
            _byName[stem] = sections = new Sections();
            _order.Add(stem);
        }
        sections.Add(number, isExtended, value);
    }

    public IReadOnlyList<MimeParameter> ToParameters()
    {
        if (_order.Count == 0)
        {
            return [];
        }
        var result = new List<MimeParameter>(_order.Count);
        foreach (var name in _order)
        {
            if (_byName[name].Join(mayHoldWords: name != "boundary") is { } value)
            {
                result.Add(new MimeParameter(name, value));
            }
        }
        return result;
    }

    private sealed class Sections
    {
        private readonly SortedDictionary<int, Section> _numbered = [];
        private Section? _plain;
        private Section? _extended;

        public void Add(int number, bool isExtended, ReadOnlySpan<byte> value)
        {
            var section = new Section(isExtended, value.ToArray());
            if (number >= 0)
            {
                _numbered.TryAdd(number, section);
            }
            else if (isExtended)
            {
                _extended ??= section;
            }
            else
            {
                _plain ??= section;
            }
        }

        /// <summary>The value, or null. A boundary must stay as other programs see it, so encoded words in one mean nothing.</summary>
        public string? Join(bool mayHoldWords)
        {
            if (_extended is not null)
            {
                return Decode([_extended]);
            }
            if (_numbered.ContainsKey(0))
            {
                return Decode(_numbered.Where((pair, index) => pair.Key == index).Select(pair => pair.Value));
            }
            if (_plain is null)
            {
                return null;
            }
            return mayHoldWords ? HeaderText.Decode(_plain.Value).Text : CharsetDecoder.DecodeUnlabelled(_plain.Value, out _);
        }

        private static string Decode(IEnumerable<Section> sections)
        {
            var bytes = new ArrayBufferWriter<byte>(64);
            CharsetDecoder? charset = null;
            var isFirst = true;
            foreach (var section in sections)
            {
                ReadOnlySpan<byte> value = section.Value;
                if (isFirst && section.IsExtended)
                {
                    value = TakeCharset(value, out charset);
                }
                isFirst = false;
                if (section.IsExtended)
                {
                    Unpercent(value, bytes);
                }
                else
                {
                    bytes.Write(value);
                }
            }
            return charset is null ? CharsetDecoder.DecodeUnlabelled(bytes.WrittenSpan, out _) : charset.Decode(bytes.WrittenSpan, out _);
        }

        /// <summary>Splits off charset'language' (RFC 2231 section 4).</summary>
        private static ReadOnlySpan<byte> TakeCharset(ReadOnlySpan<byte> value, out CharsetDecoder? charset)
        {
            charset = null;
            var first = value.IndexOf((byte)'\'');
            var second = first < 0 ? -1 : value[(first + 1)..].IndexOf((byte)'\'');
            if (second < 0)
            {
                return value;
            }
            if (CharsetDecoder.TryGet(Encoding.Latin1.GetString(value[..Math.Min(first, 64)]), out var found))
            {
                charset = found;
            }
            return value[(first + second + 2)..];
        }

        private static void Unpercent(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> output)
        {
            for (var i = 0; i < value.Length; i++)
            {
                var octet = value[i];
                if (octet == (byte)'%' && i + 2 < value.Length && Hex.TryDecode(value[i + 1], value[i + 2], out var decoded))
                {
                    octet = decoded;
                    i += 2;
                }
                output.Write([octet]);
            }
        }
    }

    private sealed record Section(bool IsExtended, byte[] Value);
}
