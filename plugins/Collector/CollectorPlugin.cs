using PluginMail.Abstractions;
using PluginMail.Collector.Accounts;
using PluginMail.Collector.Commands;
using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;
using PluginMail.Collector.SignIn;

namespace PluginMail.Collector;

/// <summary>Collects mail from POP3 and IMAP accounts elsewhere.</summary>
public sealed class CollectorPlugin : IMailPlugin
{
    private const int LongestTokenAnswer = 64 * 1024;
    private HttpClient? _http;
    private Ledger? _ledger;
    private SemaphoreSlim? _slots;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var settings = CollectorSettings.Read(host.Settings);
        _http = new HttpClient { MaxResponseContentBufferSize = LongestTokenAnswer };
        var ledger = _ledger = Ledger.Open(Path.Combine(host.DataFolder, "ledger.sqlite"));
        string spoolFolder = Path.Combine(host.DataFolder, "spool");
        MessageSpool.Empty(spoolFolder);
        var slots = _slots = new SemaphoreSlim(settings.Sessions);
        var metrics = new CollectorMetrics(host.Meter);
        var service = new CollectorService([.. settings.Accounts.Select(account => new AccountCollector(
            new AccountContext(
                account, host.Submission, ledger, spoolFolder, host.Clock, metrics, host.CreateLogger(account.Name)),
            new AccessTokens(account.SignIn, _http, host.Clock),
            slots))]);
        return new([service, new StatusCommand(service), new NowCommand(service)]);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        CollectorSettings.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http?.Dispose();
        _ledger?.Dispose();
        _slots?.Dispose();
        return default;
    }
}
