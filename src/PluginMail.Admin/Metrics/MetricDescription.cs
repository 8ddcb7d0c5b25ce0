using System.Diagnostics.Metrics;
using System.Text;

namespace PluginMail.Admin;

/// <summary>What a metric is in Prometheus' eyes.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>A metric's name, kind and unit as Prometheus has them, made of an instrument's as OpenTelemetry says: dots become underscores, the unit is a suffix.</summary>
/// <param name="Name">The name without the suffix of a kind (<c>_total</c>).</param>
/// <param name="Kind">What it is.</param>
/// <param name="Unit">The unit in words, as <c>seconds</c>; empty for plain numbers.</param>
/// <param name="Help">What it says.</param>
/// <param name="Bounds">Of a histogram the upper bounds of its buckets, in the unit; empty elsewhere.</param>
internal sealed record MetricDescription(string Name, MetricKind Kind, string Unit, string Help, double[] Bounds)
{
    /// <summary>Whether a measurement is the value itself, rather than something to be added to it.</summary>
    public bool IsAbsolute { get; private init; }

    /// <summary>Whether values come when they are asked for, and are gone when they don't.</summary>
    public bool IsObserved { get; private init; }

    private const int LongestName = 120;
    private const int LongestHelp = 300;
    private const int MostBounds = 50;

    // What the SDK of OpenTelemetry takes where an instrument says nothing.
    private static readonly double[] DefaultBounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];
    private static readonly double[] DefaultSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60];
    private static readonly double[] DefaultOctets = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20];

    /// <summary>Describes an instrument.</summary>
    public static MetricDescription Of(Instrument instrument, bool isOfPlugin)
    {
        MetricKind kind = KindOf(instrument);
        (string unit, double scale) = UnitOf(instrument.Unit);
        string name = NameOf(isOfPlugin ? $"pluginmail.plugin.{instrument.Name}" : instrument.Name);
        name = kind == MetricKind.Counter && name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
        if (unit.Length > 0 && !name.EndsWith($"_{unit}", StringComparison.Ordinal))
        {
            name = $"{name}_{unit}";
        }

        string help = string.IsNullOrWhiteSpace(instrument.Description) ? instrument.Name : instrument.Description;
        return new MetricDescription(
            name, kind, unit, help.Length > LongestHelp ? help[..LongestHelp] : help, kind == MetricKind.Histogram ? BoundsOf(instrument, unit, scale) : [])
        {
            IsObserved = instrument.IsObservable,
            IsAbsolute = instrument.IsObservable || FormOf(instrument) == typeof(Gauge<>),
        };
    }

    /// <summary>What an instrument's values are multiplied by, so that all times are seconds and all sizes octets.</summary>
    public static double ScaleOf(Instrument instrument) => UnitOf(instrument.Unit).Scale;

    /// <summary>Whether values of the other can stand beside those of this one.</summary>
    public bool Fits(MetricDescription other) =>
        (Kind, Unit, IsAbsolute, IsObserved) == (other.Kind, other.Unit, other.IsAbsolute, other.IsObserved);

    private static MetricKind KindOf(Instrument instrument)
    {
        Type form = FormOf(instrument);
        return form == typeof(Counter<>) || form == typeof(ObservableCounter<>) ? MetricKind.Counter
            : form == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
    }

    private static Type FormOf(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : instrument.GetType();

    // UCUM, as far as OpenTelemetry's conventions use it; what stands in braces says what is counted and is no unit.
    private static (string Unit, double Scale) UnitOf(string? unit) => unit switch
    {
        "s" => ("seconds", 1),
        "ms" => ("seconds", 1e-3),
        "us" => ("seconds", 1e-6),
        "ns" => ("seconds", 1e-9),
        "min" => ("seconds", 60),
        "h" => ("seconds", 3600),
        "d" => ("seconds", 86_400),
        "By" => ("bytes", 1),
        "kBy" => ("bytes", 1e3),
        "KiBy" => ("bytes", 1 << 10),
        "MiBy" => ("bytes", 1 << 20),
        "GiBy" => ("bytes", 1 << 30),
        _ => ("", 1),
    };

    private static double[] BoundsOf(Instrument instrument, string unit, double scale)
    {
        double[] given = instrument switch
        {
            Histogram<double> histogram => [.. histogram.Advice?.HistogramBucketBoundaries ?? []],
            Histogram<long> histogram => [.. (histogram.Advice?.HistogramBucketBoundaries ?? []).Select(static bound => (double)bound)],
            Histogram<int> histogram => [.. (histogram.Advice?.HistogramBucketBoundaries ?? []).Select(static bound => (double)bound)],
            Histogram<float> histogram => [.. (histogram.Advice?.HistogramBucketBoundaries ?? []).Select(static bound => (double)bound)],
            _ => [],
        };
        return given.Length is > 0 and <= MostBounds ? [.. given.Select(bound => bound * scale).Where(double.IsFinite).Distinct().Order()]
            : unit == "seconds" ? DefaultSeconds
            : unit == "bytes" ? DefaultOctets
            : DefaultBounds;
    }

    private static string NameOf(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (char c in text.Length > LongestName ? text.AsSpan(0, LongestName) : text)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return char.IsAsciiDigit(name[0]) ? $"_{name}" : name.ToString();
    }
}
