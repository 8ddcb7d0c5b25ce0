using System.Globalization;
using System.Text.Json.Nodes;
using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration.Tests.Toml;

/// <summary>The notation of toml-test: each scalar is an object of "type" and "value".</summary>
internal static class TaggedJson
{
    /// <summary>What stands in a table that differs from the tagged JSON; null where nothing does.</summary>
    internal static string? Difference(TomlValue value, JsonNode? expected, string path)
    {
        switch (value)
        {
            case TomlTable table when expected is JsonObject json && !IsScalar(json):
                var keys = table.Entries.Select(static e => e.Key).Order(StringComparer.Ordinal).ToList();
                var wanted = json.Select(static p => p.Key).Order(StringComparer.Ordinal).ToList();
                return keys.SequenceEqual(wanted)
                    ? table.Entries.Select(e => Difference(e.Value, json[e.Key], $"{path}/{e.Key}")).FirstOrDefault(static d => d is not null)
                    : $"{path}: keys {string.Join(',', keys)}, expected {string.Join(',', wanted)}";
            case TomlArray array when expected is JsonArray json:
                return array.Items.Count == json.Count
                    ? array.Items.Select((item, i) => Difference(item, json[i], $"{path}/{i}")).FirstOrDefault(static d => d is not null)
                    : $"{path}: {array.Items.Count} values, expected {json.Count}";
            case TomlScalar scalar when expected is JsonObject json && IsScalar(json):
                return Equal(scalar.Value, json["type"]!.GetValue<string>(), json["value"]!.GetValue<string>())
                    ? null
                    : $"{path}: {scalar.Value}, expected {json.ToJsonString()}";
            default:
                return $"{path}: {value.TypeName}, expected {expected?.ToJsonString()}";
        }
    }

    private static bool IsScalar(JsonObject json) =>
        json.Count == 2 && json["type"] is JsonValue type && type.TryGetValue<string>(out _) && json["value"] is JsonValue;

    private static bool Equal(object value, string type, string expected) => (type, value) switch
    {
        ("string", string text) => text == expected,
        ("integer", long integer) => integer == long.Parse(expected, CultureInfo.InvariantCulture),
        ("bool", bool flag) => flag == (expected == "true"),
        ("float", double number) => number.Equals(expected.ToUpperInvariant() switch
        {
            "INF" or "+INF" => double.PositiveInfinity,
            "-INF" => double.NegativeInfinity,
            "NAN" => double.NaN,
            _ => double.Parse(expected, CultureInfo.InvariantCulture),
        }),
        ("datetime", TomlDateTime { Kind: TomlDateTimeKind.OffsetDateTime } time) => Times(time, expected),
        ("datetime-local", TomlDateTime { Kind: TomlDateTimeKind.LocalDateTime } time) => Times(time, expected),
        ("date-local", TomlDateTime { Kind: TomlDateTimeKind.LocalDate } time) => Times(time, expected),
        ("time-local", TomlDateTime { Kind: TomlDateTimeKind.LocalTime } time) => Times(time, expected),
        _ => false,
    };

    // The suite writes fractions in milliseconds: ".6" stands as ".600".
    private static bool Times(TomlDateTime time, string expected)
    {
        string padded = (time with { Fraction = time.Fraction.Length > 0 ? time.Fraction.PadRight(3, '0') : "" }).ToString();
        return time.ToString() == expected || padded == expected;
    }
}
