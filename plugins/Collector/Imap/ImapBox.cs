using System.Globalization;
using System.Text;
using PluginMail.Collector.Accounts;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.Imap;

/// <summary>A folder that is selected.</summary>
/// <param name="connection">Where it is.</param>
/// <param name="account">The account.</param>
/// <param name="folder">What it is called there and, where it is not the inbox, here; its UIDVALIDITY and messages.</param>
/// <param name="problems">Gets a line where the server lets nothing be changed: a folder may be for reading only (RFC 4314), and others not.</param>
internal sealed class ImapBox(
    ImapConnection connection, AccountSettings account, (string Name, string? LocalName, string Validity, uint Exists) folder, ICollection<string> problems) : IRemoteBox
{
    private const int Batch = 50;
    private const int UidsAtOnce = 500;
    private const int SlackOctets = 64 * 1024;

    public string Name => folder.Name;

    public string? LocalFolder => folder.LocalName;

    public string Validity => folder.Validity;

    public Checkpoint? Checkpoint { get; init; }

    public async ValueTask<IReadOnlyList<RemoteMessage>> ListAsync(CancellationToken cancellationToken)
    {
        var listing = new FolderListing();
        if (folder.Exists > 0)
        {
            await ListAsync(listing, "1:*", "", cancellationToken);
        }

        return listing.Messages;
    }

    /// <summary>What has changed costs a FETCH where SELECT said that something has: of changes (RFC 7162 section 3.1.4), or of UIDs.</summary>
    public async ValueTask<IReadOnlyList<RemoteMessage>> ListSinceAsync(
        Checkpoint since, IReadOnlyCollection<string> others, CancellationToken cancellationToken)
    {
        var listing = new FolderListing();
        if (folder.Exists > 0 && since.Sequence > 0 && since != Checkpoint)
        {
            await ListAsync(listing, "1:*", $" (CHANGEDSINCE {since.Sequence.ToString(CultureInfo.InvariantCulture)})", cancellationToken);
        }
        else if (folder.Exists > 0 && since != Checkpoint)
        {
            // "5:*" names the last message too where that is the fourth.
            await ListAsync(listing, $"{since.NextUid.ToString(CultureInfo.InvariantCulture)}:*", "", cancellationToken);
        }

        RemoteMessage[] asked = [.. others.Select(Named).Where(message => !listing.Contains(message.Number)).OrderBy(message => message.Number)];
        foreach (var batch in asked.Chunk(UidsAtOnce))
        {
            await ListAsync(listing, UidSet(batch), "", cancellationToken);
        }

        return listing.Messages;
    }

    /// <summary>
    /// Fetches by batches, the next asked for before the one before has ended. Servers may mix the answers of commands under way. Last come those
    /// that are fetched alone.
    /// </summary>
    public async ValueTask FetchAsync(IReadOnlyList<RemoteMessage> messages, IMessageReceiver receiver, CancellationToken cancellationToken)
    {
        await FetchAsync(messages.Where(message => !message.IsFetchedAlone).Chunk(Batch), 2, receiver, cancellationToken);
        await FetchAsync(messages.Where(message => message.IsFetchedAlone).Chunk(1), 1, receiver, cancellationToken);
    }

    public async ValueTask<IReadOnlyDictionary<string, byte[]>> FetchFingerprintsAsync(
        IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken)
    {
        var fingerprints = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        HashSet<uint> asked = [.. messages.Select(message => message.Number)];
        foreach (var batch in messages.Chunk(UidsAtOnce))
        {
            await connection.RunAsync(
                $"UID FETCH {UidSet(batch)} (UID BODY.PEEK[HEADER.FIELDS ({string.Join(' ', Fingerprint.Fields)})])",
                response =>
                {
                    if (FetchedItems.Read(response) is { Section: { } section } items && asked.Contains(items.Uid)
                        && Fingerprint.Of(HeaderFields.Parse(section)) is { } fingerprint)
                    {
                        fingerprints[items.Uid.ToString(CultureInfo.InvariantCulture)] = fingerprint;
                    }
                },
                cancellationToken);
        }

        return fingerprints;
    }

    /// <summary>
    /// Deletes: \Deleted, then UID EXPUNGE (RFC 4315). A server without it removes all that is marked, so that it is only asked to where nothing
    /// else is marked; where something is, ours stay marked until the next visit.
    /// </summary>
    public async ValueTask<IReadOnlyList<RemoteMessage>> DeleteAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken)
    {
        bool expungesByUid = connection.Can("UIDPLUS") || connection.Can("IMAP4rev2");
        List<RemoteMessage> deleted = [];
        foreach (var batch in messages.Chunk(UidsAtOnce))
        {
            if (!await TryAsync("UID STORE", $"{UidSet(batch)} +FLAGS.SILENT (\\Deleted)", cancellationToken)
                || (expungesByUid && !await TryAsync("UID EXPUNGE", UidSet(batch), cancellationToken)))
            {
                break;
            }

            deleted.AddRange(batch);
        }

        return expungesByUid || (deleted.Count > 0 && await AllMarkedAreOursAsync(messages, cancellationToken) && await TryAsync("EXPUNGE", "", cancellationToken))
            ? deleted
            : [];
    }

    public async ValueTask<IReadOnlyList<RemoteMessage>> MarkSeenAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken)
    {
        List<RemoteMessage> marked = [];
        foreach (var batch in messages.Chunk(UidsAtOnce))
        {
            if (!await TryAsync("UID STORE", $"{UidSet(batch)} +FLAGS.SILENT (\\Seen)", cancellationToken))
            {
                break;
            }

            marked.AddRange(batch);
        }

        return marked;
    }

    private async ValueTask<bool> TryAsync(string command, string arguments, CancellationToken cancellationToken)
    {
        string? error = await connection.TryRunAsync($"{command} {arguments}".TrimEnd(), null, cancellationToken);
        if (error is not null)
        {
            problems.Add($"folder {RemoteFault.Quote(folder.Name)}: {command} was refused: {error}");
        }

        return error is null;
    }

    private static RemoteMessage Named(string id) => new(id, uint.Parse(id, CultureInfo.InvariantCulture), 0);

    private ValueTask ListAsync(FolderListing listing, string uids, string modifier, CancellationToken cancellationToken) => connection.RunAsync(
        $"UID FETCH {uids} (UID RFC822.SIZE FLAGS INTERNALDATE){modifier}",
        response =>
        {
            if (FetchedItems.Read(response) is { } items)
            {
                listing.Add(items, items.Uid.ToString(CultureInfo.InvariantCulture));
            }
        },
        cancellationToken);

    private async ValueTask<bool> AllMarkedAreOursAsync(IReadOnlyList<RemoteMessage> messages, CancellationToken cancellationToken)
    {
        HashSet<uint> ours = [.. messages.Select(message => message.Number)];
        bool isAll = true;
        await connection.RunAsync(
            "UID FETCH 1:* (UID FLAGS)",
            response =>
            {
                if (response.IsNumbered("FETCH", out _, out string rest) && rest.Contains("\\Deleted", StringComparison.OrdinalIgnoreCase))
                {
                    isAll &= FetchedItems.Read(response) is { } items && ours.Contains(items.Uid);
                }
            },
            cancellationToken);
        return isAll;
    }

    private async ValueTask FetchAsync(
        IEnumerable<RemoteMessage[]> batches, int mostUnderWay, IMessageReceiver receiver, CancellationToken cancellationToken)
    {
        var commands = new Dictionary<string, RemoteMessage[]>(StringComparer.Ordinal);
        var open = new Dictionary<uint, RemoteMessage>();
        foreach (var batch in batches)
        {
            foreach (var message in batch)
            {
                open[message.Number] = message;
            }

            try
            {
                commands[await connection.SendAsync($"UID FETCH {UidSet(batch)} (UID BODY.PEEK[])", cancellationToken)] = batch;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                receiver.Break(open.Values, e);
                throw;
            }

            while (commands.Count >= mostUnderWay)
            {
                await ReadFetchedAsync(commands, open, receiver, cancellationToken);
            }
        }

        while (commands.Count > 0)
        {
            await ReadFetchedAsync(commands, open, receiver, cancellationToken);
        }
    }

    private async ValueTask ReadFetchedAsync(
        Dictionary<string, RemoteMessage[]> commands, Dictionary<uint, RemoteMessage> open, IMessageReceiver receiver, CancellationToken cancellationToken)
    {
        using var response = await ReceiveAsync(open, receiver, cancellationToken);
        foreach (var (tag, batch) in commands)
        {
            if (ImapConnection.IsCompletion(response, tag, out string? error))
            {
                commands.Remove(tag);
                foreach (var missing in batch.Where(message => open.Remove(message.Number)))
                {
                    receiver.Miss(missing, $"it did not come: {error ?? "the server left it out"}", isTooLarge: false);
                }

                return;
            }
        }

        if (FetchedItems.Read(response) is { } items && BodyOf(response, items, receiver) is { } spool)
        {
            if (open.Remove(items.Uid, out var message))
            {
                await receiver.TakeAsync(message, spool, cancellationToken);
            }
            else
            {
                spool.Dispose();
            }
        }
    }

    // Where the session ends in the midst of a message it is put down to that one, else to all that are open; but to none of those where it is we who end it.
    private async ValueTask<ImapResponse> ReceiveAsync(Dictionary<uint, RemoteMessage> open, IMessageReceiver receiver, CancellationToken cancellationToken)
    {
        uint arriving = 0;
        ImapResponse? response = null;
        try
        {
            response = await connection.ReadAsync(
                (text, size) =>
                {
                    arriving = UidIn(text);
                    return size <= (2 * account.MaximumSize) + SlackOctets
                        ? new MessageSpool(receiver.SpoolFolder, size, account.MaximumSize)
                        : throw TooLarge(text, size, open, receiver);
                },
                cancellationToken);
            ImapConnection.ThrowIfGoodBye(response);
            return response;
        }
        catch (Exception e)
        {
            response?.Dispose();
            receiver.Break(open.TryGetValue(arriving, out var message) ? [message] : cancellationToken.IsCancellationRequested ? [] : open.Values, e);
            throw;
        }
    }

    /// <summary>
    /// Notes which message is far larger than was announced, so that the next session leaves it out. Where the response has not said so yet, and
    /// several are open, all of them wait, to be fetched one by one.
    /// </summary>
    /// <returns>What ends this session: nobody reads on to the end of such a one.</returns>
    private static RemoteFault TooLarge(string text, long size, Dictionary<uint, RemoteMessage> open, IMessageReceiver receiver)
    {
        string reason = $"the server sends a message of {size} octets where far fewer were announced";
        RemoteMessage[] meant = open.TryGetValue(UidIn(text), out var message) ? [message] : [.. open.Values];
        foreach (var missed in meant)
        {
            receiver.Miss(missed, reason, isTooLarge: meant.Length == 1);
        }

        return new RemoteFault(reason);
    }

    /// <summary>The UID in the beginning of a FETCH response; 0 where it has not come yet.</summary>
    private static uint UidIn(string text)
    {
        string[] words = text.Split(' ', '(');
        int at = Array.FindIndex(words, word => word.Equals("UID", StringComparison.OrdinalIgnoreCase));
        return at >= 0 && at + 1 < words.Length && uint.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out uint uid) ? uid : 0;
    }

    private MessageSpool? BodyOf(ImapResponse response, FetchedItems items, IMessageReceiver receiver)
    {
        if (response.TakeBody() is { } body)
        {
            return body;
        }

        if (items.Section is not { Length: > 0 } octets)
        {
            return null;
        }

        var spool = new MessageSpool(receiver.SpoolFolder, octets.Length, account.MaximumSize);
        spool.Write(octets);
        return spool;
    }

    // 1,3:7,9
    private static string UidSet(RemoteMessage[] messages)
    {
        var set = new StringBuilder();
        for (int i = 0; i < messages.Length;)
        {
            int last = i;
            while (last + 1 < messages.Length && messages[last + 1].Number == messages[last].Number + 1)
            {
                last++;
            }

            set.Append(set.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{messages[i].Number}");
            if (last > i)
            {
                set.Append(CultureInfo.InvariantCulture, $":{messages[last].Number}");
            }

            i = last + 1;
        }

        return set.ToString();
    }
}
