using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Dlp.Fingerprints;

namespace PluginMail.Dlp.Commands;

/// <summary><c>list [NAME]</c></summary>
internal sealed class ListCommand(DlpOptions options, FingerprintIndex index) : ICommand
{
    public string Name => "list";

    public string Summary => "list [NAME]: shows the collections, or the documents of one";

    public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
    {
        var catalog = index.Catalog;
        if (arguments.Count == 0)
        {
            foreach (string name in catalog.Documents.Select(document => document.Collection)
                .Union(options.Collections.Select(collection => collection.Rule.Name)).Order(StringComparer.Ordinal))
            {
                var own = catalog.Documents.Where(document => document.Collection == name).ToList();
                var different = own.DistinctBy(document => document.Id).ToList();
                string copies = own.Count > different.Count ? string.Create(CultureInfo.InvariantCulture, $" ({own.Count - different.Count} of them copies)") : "";
                string action = options.Collection(name).Rule.Action.ToString().ToLowerInvariant();
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}\t{action}\t{own.Count} documents{copies}\t{own.Sum(document => (long)document.Words)} words\t{different.Sum(document => (long)document.Fingerprints)} fingerprints"));
            }

            return 0;
        }

        bool any = false;
        Dictionary<int, string> first = [];
        foreach (var document in catalog.Documents.Where(document => document.Collection == arguments[0]).OrderBy(document => document.Path, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            any = true;
            string problem = document.Problem.Length > 0 ? $"\t({document.Problem})" : "";
            string copy = first.TryAdd(document.Id, document.Path) ? "" : $"\t(the same text as {first[document.Id]})";
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{document.Path}\t{document.Words} words{problem}{copy}"));
        }

        return any ? 0 : 1;
    }
}
