using System.Globalization;
using System.Text;

namespace PluginMail.Admin;

/// <summary>The series of one metric of one owner, found by their tags without a lock and without allocating.</summary>
/// <param name="family">The metric.</param>
/// <param name="plugin">The owner; null for the server.</param>
internal sealed class SeriesGroup(MetricFamily family, string? plugin)
{
    /// <summary>The most series; all further ones are counted as one, with <see cref="Overflow"/>.</summary>
    internal const int MaximumSeries = 500;

    /// <summary>The label of the series that stands for those beyond the bound, as OpenTelemetry's SDKs have it.</summary>
    internal const string Overflow = "otel_metric_overflow=\"true\"";

    private const int Slots = 64;
    private const int MostTags = 10;
    private const int LongestValue = 200;
    private readonly Lock _lock = new();
    private readonly Entry?[] _slots = new Entry?[Slots];
    private readonly Dictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private int _entries;

    public MetricFamily Family { get; } = family;

    public string? Plugin { get; } = plugin;

    /// <summary>How many instruments record here: of a plugin that is being replaced, those of two versions.</summary>
    public int Instruments { get; set; }

    /// <summary>The series now, in the order of their labels.</summary>
    public IReadOnlyList<MetricSeries> Series()
    {
        lock (_lock)
        {
            return [.. _series.Values.OrderBy(static series => series.Labels, StringComparer.Ordinal)];
        }
    }

    /// <summary>Takes a measurement.</summary>
    /// <param name="value">What was measured, in the metric's unit.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="round">The reading that observed values belong to.</param>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, int round)
    {
        if (double.IsFinite(value))
        {
            Find(tags).Record(value, round);
        }
    }

    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach ((string key, object? value) in tags)
        {
            hash.Add(key);
            hash.Add(value as string ?? TextOf(value));
        }

        return hash.ToHashCode();
    }

    // Objects of plugins are not kept: they would keep their version in memory.
    private static string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        int hash = HashOf(tags);
        for (Entry? entry = Volatile.Read(ref _slots[hash & (Slots - 1)]); entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash && entry.Matches(tags))
            {
                return entry.Series;
            }
        }

        return Add(hash, tags);
    }

    private MetricSeries Add(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var given = new KeyValuePair<string, string>[tags.Length];
        for (int i = 0; i < tags.Length; i++)
        {
            given[i] = new(tags[i].Key, TextOf(tags[i].Value));
        }

        lock (_lock)
        {
            if (_entries >= MaximumSeries || tags.Length > MostTags)
            {
                return SeriesOf(Plugin is null ? Overflow : $"{Overflow},{Label("plugin", Plugin)}");
            }

            // Two that come here at once with the same tags make two entries of the same series.
            MetricSeries series = SeriesOf(LabelsOf(given));
            ref Entry? slot = ref _slots[hash & (Slots - 1)];
            Volatile.Write(ref slot, new Entry(hash, given, series, slot));
            _entries++;
            return series;
        }
    }

    private MetricSeries SeriesOf(string labels)
    {
        if (!_series.TryGetValue(labels, out MetricSeries? series))
        {
            _series.Add(labels, series = new MetricSeries(labels, Family.Description));
        }

        return series;
    }

    // In the order of their names, each name once: however an instrument's tags are ordered, they are one series.
    private string LabelsOf(KeyValuePair<string, string>[] tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in tags)
        {
            labels[NameOf(key)] = value;
        }

        if (Plugin is not null)
        {
            labels["plugin"] = Plugin;
        }

        return string.Join(',', labels.Select(static label => Label(label.Key, label.Value)));
    }

    private static string NameOf(string key)
    {
        string name = string.Concat(key.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return name.Length == 0 || char.IsAsciiDigit(name[0]) || name is "le" or "quantile" || name.StartsWith("__", StringComparison.Ordinal) ? $"tag_{name.TrimStart('_')}" : name;
    }

    private static string Label(string name, string value)
    {
        var text = new StringBuilder(name.Length + value.Length + 3).Append(name).Append("=\"");
        foreach (char c in value.Length > LongestValue ? value.AsSpan(0, LongestValue) : value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(char.IsSurrogate(c) ? '\uFFFD' : c),
            };
        }

        return text.Append('"').ToString();
    }

    private sealed class Entry(int hash, KeyValuePair<string, string>[] tags, MetricSeries series, Entry? next)
    {
        public int Hash => hash;

        public MetricSeries Series => series;

        public Entry? Next => next;

        public bool Matches(ReadOnlySpan<KeyValuePair<string, object?>> given)
        {
            if (given.Length != tags.Length)
            {
                return false;
            }

            for (int i = 0; i < tags.Length; i++)
            {
                if (tags[i].Key != given[i].Key || tags[i].Value != (given[i].Value as string ?? TextOf(given[i].Value)))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
