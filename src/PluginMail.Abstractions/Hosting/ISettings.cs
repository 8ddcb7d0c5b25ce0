namespace PluginMail.Abstractions;

/// <summary>A table of mail.toml, read key by key. What is wrong is gathered with file, line and column, not thrown: the value read is then the default.</summary>
public interface ISettings
{
    /// <summary>Whether a key is there.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True where it is.</returns>
    bool Contains(string key);

    /// <summary>Reads a string.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing.</param>
    /// <returns>The value.</returns>
    string GetString(string key, string defaultValue);

    /// <summary>Reads a boolean.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing.</param>
    /// <returns>The value.</returns>
    bool GetBoolean(string key, bool defaultValue);

    /// <summary>Reads an integer within bounds.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing.</param>
    /// <param name="minimum">The least value allowed.</param>
    /// <param name="maximum">The greatest value allowed.</param>
    /// <returns>The value.</returns>
    long GetInteger(string key, long defaultValue, long minimum = long.MinValue, long maximum = long.MaxValue);

    /// <summary>Reads an integer or a float within bounds.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing.</param>
    /// <param name="minimum">The least value allowed.</param>
    /// <param name="maximum">The greatest value allowed.</param>
    /// <returns>The value.</returns>
    double GetNumber(string key, double defaultValue, double minimum = double.MinValue, double maximum = double.MaxValue);

    /// <summary>Reads a time span: <c>"90s"</c>, <c>"5m"</c>, <c>"1h30m"</c>, <c>"2d"</c>, <c>"500ms"</c>, or an integer of seconds.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing.</param>
    /// <returns>The value, never negative.</returns>
    TimeSpan GetDuration(string key, TimeSpan defaultValue);

    /// <summary>Reads a time span within bounds, in the form of <see cref="GetDuration(string, TimeSpan)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing or wrong; need not be within the bounds.</param>
    /// <param name="minimum">The shortest allowed.</param>
    /// <param name="maximum">The longest allowed; <see cref="TimeSpan.MaxValue"/> is no bound.</param>
    /// <returns>The value.</returns>
    TimeSpan GetDuration(string key, TimeSpan defaultValue, TimeSpan minimum, TimeSpan maximum)
    {
        var value = GetDuration(key, defaultValue);
        if ((value >= minimum && value <= maximum) || !Contains(key))
        {
            return value;
        }

        Reject(key, SettingBounds.OfDuration(minimum, maximum));
        return defaultValue;
    }

    /// <summary>Reads a number of octets: an integer, or <c>"10K"</c>, <c>"25M"</c>, <c>"2G"</c> (powers of 1024).</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing.</param>
    /// <returns>The value, never negative.</returns>
    long GetSize(string key, long defaultValue);

    /// <summary>Reads a number of octets within bounds, in the form of <see cref="GetSize(string, long)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing or wrong; need not be within the bounds.</param>
    /// <param name="minimum">The least allowed.</param>
    /// <param name="maximum">The most allowed; <see cref="long.MaxValue"/> is no bound.</param>
    /// <returns>The value.</returns>
    long GetSize(string key, long defaultValue, long minimum, long maximum)
    {
        long value = GetSize(key, defaultValue);
        if ((value >= minimum && value <= maximum) || !Contains(key))
        {
            return value;
        }

        Reject(key, SettingBounds.OfSize(minimum, maximum));
        return defaultValue;
    }

    /// <summary>Reads one of an enumeration's names, in lower case, words joined by underscores or hyphens.</summary>
    /// <typeparam name="TEnum">The enumeration.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing.</param>
    /// <returns>The value.</returns>
    TEnum GetEnum<TEnum>(string key, TEnum defaultValue)
        where TEnum : struct, Enum;

    /// <summary>Reads a list of strings.</summary>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing.</param>
    /// <returns>The values.</returns>
    IReadOnlyList<string> GetStrings(string key, IReadOnlyList<string> defaultValue);

    /// <summary>Reads a table.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The table; an empty one where it is missing.</returns>
    ISettings GetTable(string key);

    /// <summary>Reads an array of tables.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The tables; none where it is missing.</returns>
    IReadOnlyList<ISettings> GetTables(string key);

    /// <summary>Reports a value that has the right type and is impossible all the same.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">What was expected, as <c>"an address of the form host:port"</c>.</param>
    void Reject(string key, string expected);
}
