using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Collector.Accounts;

namespace PluginMail.Collector.Commands;

/// <summary>Shows how the accounts do.</summary>
internal sealed class StatusCommand(CollectorService service) : ICommand
{
    public string Name => "status";

    public string Summary => "Shows each account: when it was visited, what was collected, what went wrong last.";

    public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
    {
        foreach (var account in service.Accounts)
        {
            var status = account.Status();
            var history = status.History;
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {account.Name} ({status.Settings.Identity})
                  next visit    {(status.IsVisited ? "under way" : Time(status.NextVisit))}
                  last visit    {Time(history.LastVisit)}
                  last success  {Time(history.LastSuccess)}
                  collected     {history.Collected}
                  left there    {status.Unsettled}
                  last error    {history.LastError ?? "none"}
                """);
            await output.WriteLineAsync(text.AsMemory(), cancellationToken);
        }

        return 0;
    }

    private static string Time(DateTimeOffset? time) => time?.ToString("u", CultureInfo.InvariantCulture) ?? "never";
}
