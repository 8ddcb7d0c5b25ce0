using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Plugins;

/// <summary>What the server lends to plugins. They never see more than this, and never its service provider.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Loggers">Makes the loggers.</param>
/// <param name="Submission">Brings new mail in.</param>
/// <param name="Dns">Looks names up.</param>
/// <param name="State">Gives a plugin, by its name in small letters, its own state.</param>
public sealed record PluginHostServices(
    TimeProvider Clock, ILoggerFactory Loggers, ISubmission Submission, IDnsResolver Dns, Func<string, IStateStore> State)
{
    /// <summary>The name this server gives itself.</summary>
    public Func<string> Hostname { get; init; } = () => "localhost";

    /// <summary>Tells the administrator of plugins that were switched off; null where nobody is told but the log.</summary>
    public IAdministratorAlerts? Alerts { get; init; }

    /// <summary>Asks senders' domains whether a client may send for them. Without one no domain has a policy.</summary>
    public ISenderPolicy SenderPolicy { get; init; } = new NoSenderPolicy();

    private sealed class NoSenderPolicy : ISenderPolicy
    {
        public ValueTask<SenderPolicyResult> CheckAsync(ISessionView session, EmailAddress? sender, CancellationToken cancellationToken) =>
            new(SenderPolicyResult.None);
    }
}
