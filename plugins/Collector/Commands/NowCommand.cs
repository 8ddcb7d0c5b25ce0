using PluginMail.Abstractions;
using PluginMail.Collector.Accounts;

namespace PluginMail.Collector.Commands;

/// <summary>Visits accounts now.</summary>
internal sealed class NowCommand(CollectorService service) : ICommand
{
    public string Name => "now";

    public string Summary => "Visits all accounts, or those named, now, and says what came of it.";

    public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
    {
        string[] unknown = [.. arguments.Where(name => !service.Accounts.Any(account => IsNamed(account, name)))];
        if (unknown.Length > 0)
        {
            await output.WriteLineAsync($"no account {string.Join(", ", unknown)}".AsMemory(), cancellationToken);
            return 2;
        }

        var visits = service.Accounts.Where(account => arguments.Count == 0 || arguments.Any(name => IsNamed(account, name)))
            .Select(async account => (account.Name, Result: await account.VisitNowAsync(cancellationToken), account.Status().History.LastError))
            .ToArray();
        bool isGood = true;
        foreach (var visit in visits)
        {
            var (name, result, error) = await visit;
            isGood &= error is null;
            await output.WriteLineAsync($"{name}: {result}{(error is null || error == result ? "" : $"; {error}")}".AsMemory(), cancellationToken);
        }

        return isGood ? 0 : 1;
    }

    private static bool IsNamed(AccountCollector account, string name) => account.Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
