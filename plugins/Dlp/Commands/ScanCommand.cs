using PluginMail.Abstractions;

namespace PluginMail.Dlp.Commands;

/// <summary><c>scan FILE</c></summary>
internal sealed class ScanCommand(DlpOptions options, MailScan scan) : ICommand
{
    public string Name => "scan";

    public string Summary => "scan FILE: says what the rules say of a document; exit status 1 where they say something";

    public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
    {
        if (arguments.Count != 1 || !Path.IsPathFullyQualified(arguments[0]) || !File.Exists(arguments[0]))
        {
            await output.WriteLineAsync("usage: scan FILE (its absolute path)");
            return 2;
        }

        var result = await Task.Run(() => Scan(arguments[0], cancellationToken), cancellationToken);
        foreach (var finding in result.Findings)
        {
            await output.WriteLineAsync($"{finding.Rule}\t{finding.Action.ToString().ToLowerInvariant()}\t{finding.Detail}");
        }

        if (result.Problem.Length > 0)
        {
            await output.WriteLineAsync($"not read in full: {result.Problem}");
        }

        return result.Findings.IsEmpty ? 0 : 1;
    }

    private ScanResult Scan(string path, CancellationToken cancellationToken) => scan.Run(
        (extractor, _) =>
        {
            using var stream = File.OpenRead(path);
            extractor.Read(stream, Path.GetFileName(path), "", null);
        },
        options.MailLimits,
        cancellationToken);
}
