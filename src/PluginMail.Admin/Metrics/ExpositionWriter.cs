using System.Globalization;
using System.Text;

namespace PluginMail.Admin;

/// <summary>Writes metrics as Prometheus' text format 0.0.4 or OpenMetrics 1.0 has them.</summary>
internal sealed class ExpositionWriter(MetricFormat format)
{
    private readonly StringBuilder _text = new(1 << 14);

    /// <summary>Writes a metric with its series; nothing where none of them has a value.</summary>
    /// <param name="family">The metric.</param>
    /// <param name="round">This reading: observed values that are of an earlier one are gone.</param>
    public void Write(MetricFamily family, int round)
    {
        MetricDescription description = family.Description;
        bool isBegun = false;
        foreach (MetricSeries series in family.Groups.SelectMany(static group => group.Series()))
        {
            if (description.IsObserved && series.Round != round)
            {
                continue;
            }

            if (!isBegun)
            {
                WriteHead(description);
                isBegun = true;
            }

            WriteSeries(description, series);
        }
    }

    /// <summary>Ends the text.</summary>
    public string End() => (format == MetricFormat.OpenMetrics ? _text.Append("# EOF\n") : _text).ToString();

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void WriteHead(MetricDescription description)
    {
        bool isOpen = format == MetricFormat.OpenMetrics;
        string name = description.Kind == MetricKind.Counter && !isOpen ? $"{description.Name}_total" : description.Name;
        string help = description.Help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        help = isOpen ? help.Replace("\"", "\\\"", StringComparison.Ordinal) : help;
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n');
        _text.Append("# TYPE ").Append(name).Append(' ').Append(description.Kind.ToString().ToLowerInvariant()).Append('\n');
        if (isOpen && description.Unit.Length > 0)
        {
            _text.Append("# UNIT ").Append(name).Append(' ').Append(description.Unit).Append('\n');
        }
    }

    private void WriteSeries(MetricDescription description, MetricSeries series)
    {
        if (description.Kind != MetricKind.Histogram)
        {
            WriteSample(description.Name, description.Kind == MetricKind.Counter ? "_total" : "", series.Labels, Number(series.Value));
            return;
        }

        long count = 0;
        string before = series.Labels.Length == 0 ? "" : $"{series.Labels},";
        for (int i = 0; i <= description.Bounds.Length; i++)
        {
            count += series.BucketCount(i);
            WriteSample(description.Name, "_bucket", $"{before}le=\"{Bound(description, i)}\"", count.ToString(CultureInfo.InvariantCulture));
        }

        WriteSample(description.Name, "_sum", series.Labels, Number(series.Value));
        WriteSample(description.Name, "_count", series.Labels, count.ToString(CultureInfo.InvariantCulture));
    }

    // OpenMetrics wants a bound to look like a number with a fraction, so that one series is always called the same.
    private string Bound(MetricDescription description, int index)
    {
        string bound = index == description.Bounds.Length ? "+Inf" : Number(description.Bounds[index]);
        return format == MetricFormat.OpenMetrics && bound.All(char.IsAsciiDigit) ? $"{bound}.0" : bound;
    }

    private void WriteSample(string name, string suffix, string labels, string value)
    {
        _text.Append(name).Append(suffix);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }

        _text.Append(' ').Append(value).Append('\n');
    }
}
