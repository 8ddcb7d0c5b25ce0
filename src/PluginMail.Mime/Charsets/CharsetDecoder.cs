using System.Collections.Frozen;
using System.Text;

namespace PluginMail.Mime;

/// <summary>
/// Turns the bytes of a named charset into text. Names are those of the IANA registry and the aliases that mail carries; the tables come
/// from the framework (<see cref="CodePagesEncodingProvider"/>), which is asked directly and never registered for the process.
/// </summary>
public sealed class CharsetDecoder : IEquatable<CharsetDecoder>
{
    private const int MaxNameLength = 64;

    private static readonly FrozenDictionary<string, string> Aliases = CharsetAliases.All;
    private static readonly CharsetDecoder Windows1252 = new("windows-1252", CodePagesEncodingProvider.Instance.GetEncoding(1252)!);
    private static readonly CharsetDecoder Utf8 = new("utf-8", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>
    /// For text that names no charset, or claims to be ASCII: UTF-8, where bytes that are none are read as windows-1252.
    /// </summary>
    public static CharsetDecoder Unlabelled { get; } =
        new("us-ascii", Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Windows1252Fallback()));

    private CharsetDecoder(string name, Encoding? encoding)
    {
        Name = name;
        Encoding = encoding;
    }

    /// <summary>The charset's canonical name in lower case.</summary>
    public string Name { get; }

    /// <summary>The framework's encoding, for decoding a body piece by piece; null for UTF-7, which is only decoded whole.</summary>
    public Encoding? Encoding { get; }

    /// <summary>Finds a decoder by name, without regard to case; false when the charset is unknown here.</summary>
    public static bool TryGet(string name, out CharsetDecoder decoder)
    {
        decoder = Utf8;
        var canonical = name.Trim(' ', '"', '\'').ToLowerInvariant();
        if (canonical.Length is 0 or > MaxNameLength)
        {
            return false;
        }
        canonical = Aliases.GetValueOrDefault(canonical, canonical);
        if (canonical is "utf-8")
        {
            return true;
        }
        if (canonical is "windows-1252")
        {
            decoder = Windows1252;
            return true;
        }
        if (canonical is "us-ascii")
        {
            decoder = Unlabelled;
            return true;
        }
        if (canonical is "utf-7")
        {
            decoder = new CharsetDecoder(canonical, null);
            return true;
        }
        var encoding = Find(canonical);
        if (encoding is not null)
        {
            decoder = new CharsetDecoder(canonical, encoding);
        }
        return encoding is not null;
    }

    /// <summary>Decodes; <paramref name="intact"/> is false when bytes had no meaning and were replaced by U+FFFD.</summary>
    public string Decode(ReadOnlySpan<byte> bytes, out bool intact)
    {
        if (ReferenceEquals(this, Unlabelled))
        {
            return DecodeUnlabelled(bytes, out intact);
        }
        if (Encoding is null)
        {
            return Utf7.Decode(bytes, out intact);
        }
        if (Encoding is UnicodeEncoding && bytes.Length >= 2)
        {
            return DecodeUtf16(bytes, out intact);
        }
        var text = Encoding.GetString(bytes);
        intact = !text.Contains('\uFFFD', StringComparison.Ordinal);
        return text;
    }

    /// <summary>Decodes bytes that name no charset: as UTF-8 when they are valid (RFC 6532), otherwise as windows-1252.</summary>
    /// <param name="bytes">The text's bytes.</param>
    /// <param name="intact">False when the bytes were no UTF-8, so that the reading is a guess.</param>
    public static string DecodeUnlabelled(ReadOnlySpan<byte> bytes, out bool intact)
    {
        intact = Utf8IsValid(bytes);
        return (intact ? Utf8 : Windows1252).Encoding!.GetString(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(CharsetDecoder? other) => other is not null && Name == other.Name;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CharsetDecoder);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    private static bool Utf8IsValid(ReadOnlySpan<byte> bytes) => System.Text.Ascii.IsValid(bytes) || System.Text.Unicode.Utf8.IsValid(bytes);

    private static Encoding? Find(string canonical)
    {
        switch (canonical)
        {
            case "utf-16":
            case "utf-16be":
                return Encoding.BigEndianUnicode;
            case "utf-16le":
                return Encoding.Unicode;
            case "utf-32":
            case "utf-32be":
                return new UTF32Encoding(bigEndian: true, byteOrderMark: false);
            case "utf-32le":
                return new UTF32Encoding(bigEndian: false, byteOrderMark: false);
            default:
                return CodePagesEncodingProvider.Instance.GetEncoding(canonical);
        }
    }

    private string DecodeUtf16(ReadOnlySpan<byte> bytes, out bool intact)
    {
        var encoding = Encoding!;
        if (bytes[0] == 0xFF && bytes[1] == 0xFE)
        {
            encoding = Encoding.Unicode;
            bytes = bytes[2..];
        }
        else if (bytes[0] == 0xFE && bytes[1] == 0xFF)
        {
            encoding = Encoding.BigEndianUnicode;
            bytes = bytes[2..];
        }
        var text = encoding.GetString(bytes);
        intact = !text.Contains('\uFFFD', StringComparison.Ordinal);
        return text;
    }
}
