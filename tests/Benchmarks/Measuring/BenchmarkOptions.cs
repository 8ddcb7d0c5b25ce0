using System.Globalization;

namespace PluginMail.Benchmarks.Measuring;

/// <summary>What stands behind a benchmark's name.</summary>
internal sealed class BenchmarkOptions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Whether less exact figures in less time are wanted.</summary>
    public bool IsQuick { get; private init; }

    /// <summary>How often each case is measured.</summary>
    public int Rounds => Number("rounds", IsQuick ? 5 : 15);

    /// <summary>Reads <c>--quick</c> and pairs of <c>--name value</c>.</summary>
    /// <returns>Null where something else stands there.</returns>
    public static BenchmarkOptions? TryParse(ReadOnlySpan<string> arguments)
    {
        var options = new BenchmarkOptions { IsQuick = arguments.Contains("--quick") };
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--quick")
            {
                continue;
            }

            if (!arguments[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == arguments.Length)
            {
                return null;
            }

            options._values[arguments[i][2..]] = arguments[++i];
        }

        return options;
    }

    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    public int Number(string name, int otherwise) =>
        _values.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
