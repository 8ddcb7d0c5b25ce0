using System.Text;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Delivery;

/// <summary>Says in a line which rules decided what became of a message, and why.</summary>
internal static class FilterReasons
{
    private const int MostRules = 8;

    /// <summary>The rules that did something, each with its place and the test that held; or the error.</summary>
    /// <param name="result">What the filters decided.</param>
    /// <param name="script">The script whose name needs not to be said.</param>
    public static string Of(FilterResult result, string script)
    {
        var text = new StringBuilder();
        foreach (FilterHit hit in result.Hits.Take(MostRules))
        {
            text.Append(text.Length > 0 ? "; " : "").Append(PlaceOf(hit, script));
            if (hit.ConditionText is { } condition)
            {
                text.Append(": ").Append(condition);
            }
        }

        if (result.Hits.Length > MostRules)
        {
            text.Append("; and ").Append(result.Hits.Length - MostRules).Append(" more");
        }

        if (result.Error is { } fault)
        {
            text.Append(text.Length > 0 ? "; " : "").Append(fault.Script).Append(" failed at line ").Append(fault.Line).Append(": ").Append(fault.Message);
        }

        return text.Length > 0 ? text.ToString() : "no rule applied";
    }

    private static string PlaceOf(FilterHit hit, string script)
    {
        string where = hit.Filter.Text.Name == script && hit.Filter.Location == ScriptLocation.Personal ? "" : $"{hit.Filter.Text.Name} ";
        return hit.Rule.IsNamed ? $"rule \"{hit.Rule.Name}\" ({where}line {hit.Line})" : $"{where}line {hit.Line}";
    }
}
