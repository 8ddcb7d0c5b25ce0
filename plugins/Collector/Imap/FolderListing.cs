using PluginMail.Collector.Connections;
using PluginMail.Collector.Messages;

namespace PluginMail.Collector.Imap;

/// <summary>What a server lists of a folder. It is bounded by about what it takes of memory: a server may say as much as it likes.</summary>
/// <param name="mostOctets">The most octets.</param>
internal sealed class FolderListing(long mostOctets = FolderListing.MostOctets)
{
    private const long MostOctets = 256 << 20;
    private const int OctetsOfMessage = 250;
    private const int OctetsOfFlag = 8;
    private const int OctetsOfNewFlag = 100;
    private readonly SortedDictionary<uint, RemoteMessage> _messages = [];
    private readonly Dictionary<string, string> _flags = new(StringComparer.Ordinal);
    private long _octets;

    /// <summary>The messages, by UID.</summary>
    public IReadOnlyList<RemoteMessage> Messages => [.. _messages.Values];

    /// <summary>Whether a UID is listed.</summary>
    public bool Contains(uint uid) => _messages.ContainsKey(uid);

    /// <summary>Takes what a response says. News of the flags of a message that was not asked for are passed over.</summary>
    /// <param name="items">What it says.</param>
    /// <param name="id">What the message is called.</param>
    /// <exception cref="RemoteFault">There is too much.</exception>
    public void Add(FetchedItems items, string id)
    {
        var before = items.Size is null ? _messages.GetValueOrDefault(items.Uid) : null; // news of flags, between the answers
        if ((items.Size ?? before?.Size) is not { } size)
        {
            return;
        }

        _octets += OctetsOfMessage + (items.Flags.Length * OctetsOfFlag);
        _messages[items.Uid] = new RemoteMessage(id, items.Uid, size)
        {
            Flags = [.. items.Flags.Select(Shared)],
            IsDeleted = items.IsDeleted,
            Received = before?.Received ?? items.Received,
        };
        if (_octets > mostOctets)
        {
            throw new RemoteFault("the server lists too many messages, or too many flags");
        }
    }

    // Most messages have the same few.
    private string Shared(string flag)
    {
        if (_flags.TryGetValue(flag, out string? known))
        {
            return known;
        }

        _octets += OctetsOfNewFlag + (2 * flag.Length);
        _flags.Add(flag, flag);
        return flag;
    }
}
