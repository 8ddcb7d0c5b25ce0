using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Plugins;

namespace PluginMail.Testing.Plugins;

/// <summary>A plugin's table as a dictionary.</summary>
internal sealed class DictionarySettings(IReadOnlyDictionary<string, object> values) : ISettings
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];
    private readonly List<DictionarySettings> _tables = [];

    public static PluginSettings For(string name, params ReadOnlySpan<(string Key, object Value)> values)
    {
        var table = ImmutableDictionary<string, object>.Empty;
        string fingerprint = "";
        foreach (var (key, value) in values)
        {
            table = table.Add(key, value);
            fingerprint += $"{key}={(value is string[] list ? string.Join(',', list) : value)};";
        }

        return new PluginSettings(name, () => new DictionarySettings(table), settings => ((DictionarySettings)settings).Finish(), fingerprint)
        {
            OnFault = OnFault.Defer,
            TimeLimit = TimeSpan.FromSeconds(30),
            Concurrency = 0,
            FaultLimit = 20,
            FaultPause = TimeSpan.FromSeconds(10),
        };
    }

    public IReadOnlyList<string> Finish() =>
        [
            .. _errors,
            .. values.Keys.Where(key => !_read.Contains(key)).Select(key => $"unknown key {key}"),
            .. _tables.SelectMany(table => table.Finish()),
        ];

    public bool Contains(string key) => values.ContainsKey(key);

    public string GetString(string key, string defaultValue) => Get(key, defaultValue);

    public bool GetBoolean(string key, bool defaultValue) => Get(key, defaultValue);

    public long GetInteger(string key, long defaultValue, long minimum, long maximum) => Bound(key, Get(key, defaultValue), minimum, maximum);

    public double GetNumber(string key, double defaultValue, double minimum, double maximum) =>
        Bound(key, Get(key, defaultValue), minimum, maximum);

    public TimeSpan GetDuration(string key, TimeSpan defaultValue) => Get(key, defaultValue);

    public long GetSize(string key, long defaultValue) => Get(key, defaultValue);

    public TEnum GetEnum<TEnum>(string key, TEnum defaultValue)
        where TEnum : struct, Enum
    {
        string text = Get(key, defaultValue.ToString()).Replace("_", "", StringComparison.Ordinal);
        if (Enum.TryParse(text, ignoreCase: true, out TEnum value))
        {
            return value;
        }

        Reject(key, $"one of {string.Join(", ", Enum.GetNames<TEnum>())}");
        return defaultValue;
    }

    public IReadOnlyList<string> GetStrings(string key, IReadOnlyList<string> defaultValue) =>
        values.ContainsKey(key) ? Get<string[]>(key, []) : defaultValue;

    public ISettings GetTable(string key) => GetTables(key) is [var table, ..] ? table : new DictionarySettings(ImmutableDictionary<string, object>.Empty);

    public IReadOnlyList<ISettings> GetTables(string key)
    {
        DictionarySettings[] tables = [.. Get<IReadOnlyDictionary<string, object>[]>(key, []).Select(table => new DictionarySettings(table))];
        _tables.AddRange(tables);
        return tables;
    }

    public void Reject(string key, string expected) => _errors.Add($"{key}: expected {expected}");

    private T Get<T>(string key, T defaultValue)
    {
        _read.Add(key);
        if (!values.TryGetValue(key, out object? value))
        {
            return defaultValue;
        }

        if (value is T typed)
        {
            return typed;
        }

        Reject(key, $"a {typeof(T).Name}");
        return defaultValue;
    }

    private T Bound<T>(string key, T value, T minimum, T maximum)
        where T : IComparable<T>
    {
        if (value.CompareTo(minimum) < 0 || value.CompareTo(maximum) > 0)
        {
            Reject(key, $"a number from {minimum} to {maximum}");
        }

        return value;
    }
}
