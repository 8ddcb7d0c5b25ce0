using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Plugins;

namespace PluginMail.Server;

/// <summary>Runs one C# script on one message through the pipeline as it is, into a delivery that keeps nothing. Needs no server.</summary>
/// <param name="script">The script and its table.</param>
/// <param name="resolver">Answers what the script asks of DNS.</param>
/// <param name="loggers">Where the script's log goes.</param>
internal sealed class ScriptTrial(PluginSettings script, IDnsResolver resolver, ILoggerFactory loggers)
{
    /// <summary>What is always asked, and stands in no trace once a login lifted what was said.</summary>
    private static readonly ImmutableArray<string> BeforeLogin = ["connect", "greet"];

    /// <summary>Runs the script.</summary>
    /// <param name="message">The message, and who brings it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What happened; only the problems, where the script does not start.</returns>
    /// <exception cref="IOException">A folder for the compiled script cannot be made.</exception>
    public async Task<ScriptTrialResult> RunAsync(TrialMessage message, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("pluginmail-").FullName;
        try
        {
            string Below(string name) => Path.Combine(folder, name);
            await using var plugins = new PluginHost(
                new PluginHostOptions(Below("plugins"), Below("bundled"), Below("shadow")),
                new PluginHostServices(TimeProvider.System, loggers, new TrialSubmission(), resolver, _ => new TrialState()));
            return await plugins.ApplyAsync(new PluginSet([script]), cancellationToken) is [_, ..] problems
                ? new ScriptTrialResult(problems)
                : await RunAsync(plugins, message, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<ScriptTrialResult> RunAsync(PluginHost plugins, TrialMessage message, CancellationToken cancellationToken)
    {
        var delivery = new TrialDelivery(message);
        var traces = new TrialTraces();
        var options = new PipelineOptions(
            "trial.invalid", [], RefusesOverQuota: false, TimeSpan.FromMinutes(10), new SpamThresholds(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity))
        {
            MaximumMessageSize = long.MaxValue,
        };
        var sessions = new MailSessions(
            plugins, new TrialRouter(message.IsOutgoing), delivery, new TrialBodies(), traces, () => options, TimeProvider.System, loggers.CreateLogger("trial"), new TrialAlerts());
        SmtpReply reply = await SendAsync(sessions, message, cancellationToken);
        PluginStatus status = plugins.List()[0];
        ImmutableArray<TraceEntry> stages = [.. traces.Found.SelectMany(trace => trace.Entries).Where(entry => entry.Role == script.Name)];
        return new ScriptTrialResult([])
        {
            Hooks = status.Roles,
            NotAsked = TrialHooks.NotAsked(plugins.Current, [.. message.IsOutgoing ? BeforeLogin : [], .. stages.Select(stage => stage.Stage)]),
            Stages = stages,
            Reply = reply,
            Delivered = delivery.Delivered,
            Fault = status.LastFault,
        };
    }

    private static async Task<SmtpReply> SendAsync(MailSessions sessions, TrialMessage message, CancellationToken cancellationToken)
    {
        string protocol = message.IsOutgoing ? "submission" : "smtp";
        await using IMailSession session = sessions.Open(
            new SessionOpening("trial", protocol, new IPEndPoint(message.Client, 1025), new IPEndPoint(IPAddress.Loopback, 25), IsEncrypted: false));
        SmtpReply? refusal = await session.ConnectAsync(cancellationToken) ?? await session.GreetAsync(message.Hello, extended: true, cancellationToken);
        if (refusal is null && message.IsOutgoing)
        {
            refusal = await session.AuthenticatedAsync(message.From ?? new EmailAddress("nobody", "trial.invalid"), cancellationToken);
        }

        refusal ??= await session.SenderAsync(message.From, new MailParameters(null, BodyType.EightBitMime, IsInternationalized: true), cancellationToken);
        foreach (EmailAddress recipient in refusal is null ? message.To : [])
        {
            refusal ??= await session.RecipientAsync(recipient, cancellationToken);
        }

        refusal ??= await session.DataAsync(cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        await using MessageSink sink = session.BeginMessage();
        await sink.WriteAsync(message.Octets, cancellationToken);
        return (await session.CompleteAsync(sink, cancellationToken)).Transaction;
    }
}

/// <summary>A message for a trial, and who brings it.</summary>
/// <param name="Octets">The message.</param>
/// <param name="From">The reverse path; null is the null sender.</param>
/// <param name="To">The recipients.</param>
/// <param name="IsOutgoing">Whether its sender has logged in.</param>
/// <param name="Client">The client's address.</param>
/// <param name="Hello">What the client calls itself.</param>
internal sealed record TrialMessage(
    ReadOnlyMemory<byte> Octets, EmailAddress? From, ImmutableArray<EmailAddress> To, bool IsOutgoing, IPAddress Client, string Hello);

/// <summary>What a script did with a message.</summary>
/// <param name="Problems">Why it did not start, a line each; empty where it did.</param>
internal sealed record ScriptTrialResult(IReadOnlyList<string> Problems)
{
    /// <summary>The kinds of hooks that it registered.</summary>
    public ImmutableArray<string> Hooks { get; init; } = [];

    /// <summary>Hooks that this message did not come to, by the names under which scripts register them.</summary>
    public ImmutableArray<string> NotAsked { get; init; } = [];

    /// <summary>What its hooks said, in their order.</summary>
    public ImmutableArray<TraceEntry> Stages { get; init; } = [];

    /// <summary>What the client would have been told.</summary>
    public SmtpReply? Reply { get; init; }

    /// <summary>What would have been delivered; null where nothing would.</summary>
    public TrialDelivered? Delivered { get; init; }

    /// <summary>The last fault of a hook; null where there was none.</summary>
    public string? Fault { get; init; }
}
