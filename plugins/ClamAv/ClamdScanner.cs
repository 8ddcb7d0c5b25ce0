using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Viruses;

namespace PluginMail.ClamAv;

/// <summary>Asks any clamd that answers. One connection a scan, and no more at once than the settings allow.</summary>
internal sealed class ClamdScanner(DaemonGroup daemons, TimeSpan connectTimeout, TimeProvider clock) : IVirusScanner
{
    /// <inheritdoc/>
    public string Name => "ClamAV";

    /// <inheritdoc/>
    public async ValueTask<ScanResult> ScanAsync(IMessageView message, CancellationToken cancellationToken)
    {
        var answer = await daemons.AskAsync(
            async (address, token) =>
            {
                using var socket = await address.ConnectAsync(connectTimeout, clock, token);
                return await ClamdSession.ScanAsync(socket, message.Content, token);
            },
            cancellationToken);
        return answer.Value ?? new ScanResult.Unavailable(answer.Failure);
    }

    /// <summary>Asks one clamd for the versions of itself and of its signatures.</summary>
    public async ValueTask<Answer<string>> VersionAsync(DaemonAddress address, CancellationToken cancellationToken)
    {
        using var socket = await address.ConnectAsync(connectTimeout, clock, cancellationToken);
        string version = await ClamdSession.VersionAsync(socket, cancellationToken);
        return version.StartsWith("ClamAV ", StringComparison.Ordinal) ? Answer<string>.Of(version) : Answer<string>.None($"answered \"{version}\"");
    }
}
