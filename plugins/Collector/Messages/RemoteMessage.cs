using System.Collections.Immutable;

namespace PluginMail.Collector.Messages;

/// <summary>A message as its server lists it.</summary>
/// <param name="Id">What it is called from session to session: the UIDL or UID.</param>
/// <param name="Number">What it is called in this session: the message number or UID.</param>
/// <param name="Size">Octets, as the server says.</param>
internal sealed record RemoteMessage(string Id, uint Number, long Size)
{
    /// <summary>What the server calls the message and all copies of it, which only their order tells apart (POP3); null where it calls each its own.</summary>
    public string? SharedId { get; init; }

    /// <summary>IMAP flags.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>Whether it is marked as deleted there, and only waits to be expunged.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>When that server received it; null where it does not say.</summary>
    public DateTimeOffset? Received { get; init; }

    /// <summary>Whether it could not be had or taken before: it is fetched with no other under way, so that what is wrong can be no other's.</summary>
    public bool IsFetchedAlone { get; init; }
}
