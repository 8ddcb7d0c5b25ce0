using System.Buffers;
using System.Text;

namespace PluginMail.Mime;

/// <summary>Writes parameter values: tokens, quoted strings, and the extended form of RFC 2231.</summary>
internal static class ParameterEncoder
{
    private const int MaxSection = 50;

    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$&+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Percent-encodes the UTF-8 bytes that are no attribute characters (RFC 2231 section 7).</summary>
    public static string Percent(string value)
    {
        var result = new StringBuilder(value.Length + 16);
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            AppendPercent(result, octet);
        }
        return result.ToString();
    }

    /// <summary>The pieces "name=value" that a field needs for one parameter, each short enough for a line.</summary>
    public static IEnumerable<string> Encode(string name, string value)
    {
        if (value.Length > 0 && value.Length <= MaxSection && value.AsSpan().IndexOfAnyExcept(TokenChars) < 0)
        {
            return [$"{name}={value}"];
        }
        if (IsQuotable(value) && value.Length <= MaxSection)
        {
            return [$"{name}={Quote(value)}"];
        }
        var encoded = Percent(value);
        return encoded.Length <= MaxSection ? [$"{name}*=utf-8''{encoded}"] : Continuations(name, encoded);
    }

    /// <summary>A quoted-string (RFC 5322 section 3.2.4).</summary>
    public static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static bool IsQuotable(string value) => value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;

    private static IEnumerable<string> Continuations(string name, string encoded)
    {
        var number = 0;
        for (var start = 0; start < encoded.Length; number++)
        {
            var end = Math.Min(start + MaxSection, encoded.Length);
            for (var back = 1; back <= 2 && end < encoded.Length; back++)
            {
                if (encoded[end - back] == '%')
                {
                    end -= back;
                    break;
                }
            }
            yield return number == 0 ? $"{name}*0*=utf-8''{encoded[start..end]}" : $"{name}*{number}*={encoded[start..end]}";
            start = end;
        }
    }

    private static void AppendPercent(StringBuilder result, byte octet)
    {
        if (octet < 0x80 && TokenChars.Contains((char)octet))
        {
            result.Append((char)octet);
        }
        else
        {
            result.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
