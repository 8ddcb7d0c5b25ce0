using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What delivery needs to know of mail.toml. Replaced as a whole on a reload.</summary>
/// <param name="Hostname">The server's name.</param>
/// <param name="CanSendElsewhere">Whether there is a way to send to other hosts.</param>
/// <param name="RefusesOverQuota">Whether a full mailbox is refused (552) rather than deferred (452).</param>
public sealed record DeliveryOptions(string Hostname, bool CanSendElsewhere, bool RefusesOverQuota)
{
    /// <summary>Bounds on each run of a filter.</summary>
    public FilterLimits Filters { get; init; } = FilterLimits.Default;

    /// <summary>Scripts on IMAP events.</summary>
    public EventOptions Events { get; init; } = new();

    /// <summary>The server's shared annotations, which filters can ask for (RFC 5490 section 5).</summary>
    public ServerAnnotations Annotations { get; init; } = ServerAnnotations.None;

    /// <summary>Whether mail that is forwarded elsewhere gets a reverse path of this server (SRS).</summary>
    public bool RewritesSenders { get; init; } = true;

    /// <summary>Who gets a copy of whose mail.</summary>
    public ImmutableArray<CopyRule> AlwaysCopy { get; init; } = [];
}
