using PluginMail.Abstractions;
using PluginMail.Daemons;

namespace PluginMail.ClamAv;

/// <summary>Asks any clamd that answers. One connection a scan, and no more at once than the settings allow.</summary>
internal sealed class ClamdScanner(DaemonGroup daemons, TimeSpan connectTimeout, TimeProvider clock)
{
    /// <summary>Scans a message.</summary>
    /// <param name="content">Its octets, of which one chunk at a time is held.</param>
    /// <param name="cancellationToken">The call's end.</param>
    /// <returns>What was found; a clamd that cannot be reached is an answer too.</returns>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    public async ValueTask<ScanResult> ScanAsync(MessageContent content, CancellationToken cancellationToken)
    {
        var answer = await daemons.AskAsync(
            async (address, token) =>
            {
                using var socket = await address.ConnectAsync(connectTimeout, clock, token);
                return await ClamdSession.ScanAsync(socket, content, token) switch
                {
                    ScanResult.Failed failed => Answer<ScanResult>.Declined(failed.Reason),
                    ScanResult.Unavailable unavailable => Answer<ScanResult>.None(unavailable.Reason),
                    var result => Answer<ScanResult>.Of(result),
                };
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
