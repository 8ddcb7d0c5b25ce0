using System.Net;
using Microsoft.Extensions.Logging;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>The pipeline itself: opens sessions and takes submissions, with all that they share.</summary>
public sealed class MailSessions : IMailSessions
{
    private readonly IRoleCatalog _roles;
    private readonly IDelivery _delivery;
    private readonly IBodyStore _bodies;

    /// <summary>Makes the pipeline.</summary>
    /// <param name="roles">The plugins' roles.</param>
    /// <param name="router">Says what an address is.</param>
    /// <param name="delivery">Takes judged messages over.</param>
    /// <param name="bodies">Where octets are spooled.</param>
    /// <param name="traces">Where decisions are kept.</param>
    /// <param name="options">Settings; asked anew for each session, so that a reload counts.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">The log.</param>
    /// <param name="alerts">Told what an administrator should look at.</param>
    public MailSessions(
        IRoleCatalog roles,
        IRecipientRouter router,
        IDelivery delivery,
        IBodyStore bodies,
        ITraceLog traces,
        Func<PipelineOptions> options,
        TimeProvider clock,
        ILogger log,
        IAdministratorAlerts alerts)
    {
        _roles = roles;
        _delivery = delivery;
        _bodies = bodies;
        Traces = traces;
        Options = options;
        Clock = clock;
        Log = log;
        Router = router;
        RecipientPolicy = new RecipientPolicy(router);
        SenderPolicy = new SenderPolicy(router);
        Traffic = new TrafficPolicy(() => options().Traffic, router, alerts, clock);
    }

    /// <summary>Says who messages are from and signs them; null where neither is done.</summary>
    public IOriginCheck? Origin { get; init; }

    internal IRecipientRouter Router { get; }

    internal RecipientPolicy RecipientPolicy { get; }

    internal SenderPolicy SenderPolicy { get; }

    internal TrafficPolicy Traffic { get; }

    internal ITraceLog Traces { get; }

    internal Func<PipelineOptions> Options { get; }

    internal TimeProvider Clock { get; }

    internal ILogger Log { get; }

    internal RoleSet Roles => _roles.Current;

    /// <inheritdoc/>
    public IMailSession Open(SessionOpening opening) => new MailSession(this, opening);

    /// <summary>Whether a client's network may send anywhere, as an authenticated account may.</summary>
    internal static bool MayRelay(PipelineOptions options, IPAddress? address)
    {
        if (address is null)
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address; // a socket for both families gives mapped ones
        foreach (IPNetwork network in options.RelayNetworks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Begins a spool with its trace header.</summary>
    internal SpooledMessage BeginSpool(ReadOnlyMemory<byte> traceHeader) => SpooledMessage.Begin(_bodies, traceHeader);

    /// <summary>The Message stage and what follows it.</summary>
    internal Transaction NewTransaction(PipelineOptions options, DecisionTrace trace) =>
        new(this, _delivery, new MessageEdits(_bodies, options.Hostname, Clock), options, trace);
}
