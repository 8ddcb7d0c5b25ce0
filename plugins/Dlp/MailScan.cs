using System.Collections.Immutable;
using PluginMail.Dlp.Fingerprints;
using PluginMail.Dlp.Rules;
using PluginMail.Dlp.Text;

namespace PluginMail.Dlp;

/// <summary>What was found in a message or a file.</summary>
/// <param name="Findings">What the rules say.</param>
/// <param name="Problem">What could not be read; empty where all could.</param>
internal sealed record ScanResult(ImmutableArray<Finding> Findings, string Problem);

/// <summary>Compares texts with all rules.</summary>
internal sealed class MailScan(DlpOptions options, FingerprintIndex index, TimeProvider clock)
{
    private const int MostDocumentsNamed = 5;
    private readonly NumberSearch _numbers = new(options.Patterns);
    private readonly Dictionary<string, RuleAction> _actions =
        options.Collections.DistinctBy(collection => collection.Rule.Name).ToDictionary(collection => collection.Rule.Name, collection => collection.Rule.Action, StringComparer.Ordinal);

    /// <summary>Scans what a reader gives.</summary>
    /// <param name="read">Reads the parts with the extractor.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="cancellationToken">The call's end.</param>
    public ScanResult Run(Action<TextExtractor, TextBudget> read, TextLimits limits, CancellationToken cancellationToken)
    {
        using var snapshot = index.Read();
        var matcher = new Matcher(snapshot, IsIgnored, options.CommonDocuments);
        var winnower = snapshot.Segments.IsEmpty ? null : new Winnower(snapshot.Catalog.Key, matcher.Take);
        using var text = new MailText(winnower, keeps: !options.Patterns.IsEmpty || !options.Dictionaries.IsEmpty);
        var budget = new TextBudget(limits, clock, cancellationToken);
        read(new TextExtractor(budget, new FoldedText(text)), budget);
        var findings = ImmutableArray.CreateBuilder<Finding>();
        findings.AddRange(DocumentFindings(matcher.Matches()));
        findings.AddRange(_numbers.Run(text.Kept, budget));
        foreach (var dictionary in options.Dictionaries)
        {
            AddIf(findings, dictionary.Search(text.Kept));
        }

        return new ScanResult(findings.ToImmutable(), budget.Problem);
    }

    private bool IsIgnored(string collection) => _actions.GetValueOrDefault(collection, options.Registered.Rule.Action) == RuleAction.Ignore;

    private static void AddIf(ImmutableArray<Finding>.Builder findings, Finding? finding)
    {
        if (finding is not null)
        {
            findings.Add(finding);
        }
    }

    private IEnumerable<Finding> DocumentFindings(ImmutableArray<DocumentMatch> matches)
    {
        foreach (var group in matches.GroupBy(match => match.Document.Collection, StringComparer.Ordinal))
        {
            var collection = options.Collection(group.Key);
            var found = group.Where(collection.IsFinding).ToList();
            if (found.Count > 0)
            {
                var named = found.Take(MostDocumentsNamed)
                    .Select(match => $"{Path.GetFileName(match.Document.Path)} (about {match.Words} words, {match.Percent} %)");
                string more = found.Count > MostDocumentsNamed ? $" and {found.Count - MostDocumentsNamed} more" : "";
                yield return collection.Rule.Found(string.Join(", ", named) + more);
            }
        }
    }
}
