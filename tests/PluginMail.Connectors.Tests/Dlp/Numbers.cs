using System.Collections.Immutable;
using PluginMail.Dlp;
using PluginMail.Dlp.Rules;
using PluginMail.Dlp.Text;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>Searches texts for numbers as the plugin does.</summary>
internal static class Numbers
{
    public static PatternRule Rule(string kind, params (string Key, object Value)[] keys)
    {
        (string Key, object Value)[] all = [("kind", kind), .. keys];
        return PatternRule.Read(new DictionarySettings(all.ToDictionary(pair => pair.Key, pair => pair.Value)));
    }

    public static Finding? Search(string kind, string text) => Search(Rule(kind), text);

    public static Finding? Search(PatternRule rule, string text) => Search([rule], text).SingleOrDefault();

    public static ImmutableArray<Finding> Search(PatternRule[] rules, params string[] parts) => Search(rules, text => parts.ToList().ForEach(part =>
    {
        text.Write(part);
        text.Break();
    }));

    public static Finding? SearchHtml(string kind, string html) => Search([Rule(kind)], text =>
    {
        var reader = new HtmlText(text);
        reader.Write(html);
        reader.Break();
    }).SingleOrDefault();

    private static ImmutableArray<Finding> Search(PatternRule[] rules, Action<ITextSink> write)
    {
        using var kept = new MailText(fingerprints: null, keeps: true);
        write(new FoldedText(kept));
        var budget = new TextBudget(new TextLimits(1, 1, 1, 1, 1, TimeSpan.FromMinutes(1)), TimeProvider.System, CancellationToken.None);
        return new NumberSearch([.. rules]).Run(kept.Kept, budget);
    }
}
