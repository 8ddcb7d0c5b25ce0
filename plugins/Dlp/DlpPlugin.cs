using System.Diagnostics.Metrics;
using PluginMail.Abstractions;
using PluginMail.Dlp.Commands;
using PluginMail.Dlp.Fingerprints;

namespace PluginMail.Dlp;

/// <summary>Keeps confidential documents and numbers from leaving by mail.</summary>
public sealed class DlpPlugin : IMailPlugin
{
    private FingerprintIndex? _index;
    private DocumentRegister? _register;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = DlpOptions.Read(host.Settings);
        var log = host.CreateLogger("");
        var index = _index = FingerprintIndex.Open(Path.Combine(host.DataFolder, "index"), out bool wasDamaged);
        if (wasDamaged)
        {
            DlpLog.Damaged(log, index.TakeDamage());
        }

        int outdated = index.Catalog.Documents.Count(document => document.IsOutdated);
        if (outdated > 0)
        {
            DlpLog.Outdated(log, outdated);
        }

        Observe(host.Meter, index);
        var register = _register = new DocumentRegister(options, index, host.Clock, log);
        var scan = new MailScan(options, index, host.Clock);
        var notices = new Notices(options, host.Submission, host.Clock, log);
        return new(
        [
            new DlpCheck(options, scan, notices, host.Clock, host.Meter, log),
            register,
            notices,
            new RegisterCommand(register),
            new UnregisterCommand(register, index),
            new ListCommand(options, index),
            new ScanCommand(options, scan),
        ]);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        DlpOptions.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _register?.Dispose();
        _index?.Dispose();
        return default;
    }

    private static void Observe(Meter meter, FingerprintIndex index)
    {
        meter.CreateObservableGauge("documents", () => index.Catalog.Documents.Length, "{document}", "Registered documents");
        meter.CreateObservableGauge("fingerprints", () => index.Entries, "{fingerprint}", "Fingerprints in the index");
    }
}
