using System.Globalization;
using System.Runtime.CompilerServices;
using PluginMail.Collector.Accounts;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.Imap;

/// <summary>An IMAP account.</summary>
internal sealed class ImapSession(ImapConnection connection, AccountSettings account) : IRemoteSession
{
    private const int MostFolders = 10_000;
    private const int LongestName = 1000;

    public async IAsyncEnumerable<IRemoteBox> OpenAllAsync(
        ICollection<string> problems, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (remote, local) in await FindFoldersAsync(problems, cancellationToken))
        {
            var box = await OpenAsync(remote, local, problems, cancellationToken);
            if (box is not null)
            {
                yield return box;
            }
        }
    }

    public async ValueTask LogoutAsync(CancellationToken cancellationToken)
    {
        await connection.SendAsync("LOGOUT", cancellationToken);
        using var response = await connection.ReadAsync(null, cancellationToken);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async ValueTask<List<(string Remote, string Local)>> FindFoldersAsync(ICollection<string> problems, CancellationToken cancellationToken)
    {
        if (!account.Folders.Any(rule => rule.IsWild))
        {
            return [.. account.Folders.Select(rule => (rule.Remote, rule.Local))];
        }

        List<(string Remote, string Local)> folders = [];
        FolderRule[] rules = [.. account.Folders.OrderBy(rule => rule.IsWild)]; // a whole name before a beginning
        HashSet<FolderRule> used = [];
        int tooLong = 0;
        await connection.RunAsync(
            "LIST \"\" \"*\"",
            response =>
            {
                if (response.Is("LIST", out string rest) && ReadName(response, rest) is var (written, separator))
                {
                    if (written.Length > LongestName)
                    {
                        tooLong++;
                        return;
                    }

                    string name = FolderName.Decode(written);
                    var rule = Array.Find(rules, rule => rule.TryMap(name, separator, out _));
                    if (rule is not null && rule.TryMap(name, separator, out string? local) && folders.Count < MostFolders)
                    {
                        folders.Add((name, local));
                        used.Add(rule);
                    }
                }
            },
            cancellationToken);
        if (tooLong > 0)
        {
            problems.Add($"{tooLong.ToString(CultureInfo.InvariantCulture)} folders have names of more than {LongestName} octets");
        }

        foreach (var rule in account.Folders.Where(rule => !rule.IsWild && !used.Contains(rule)))
        {
            problems.Add($"no folder {RemoteFault.Quote(rule.Remote)} is there");
        }

        return folders;
    }

    // (\HasNoChildren) "/" "INBOX", the name as it is written there
    private static (string Name, char Separator)? ReadName(ImapResponse response, string rest)
    {
        if (!ImapValues.TryParse(rest, out var values) || values is not [ImapValue.Group attributes, ImapValue.Text separator, var last]
            || attributes.Items.Any(item => item is ImapValue.Text { Value: var flag } && flag.ToUpperInvariant() is "\\NOSELECT" or "\\NONEXISTENT"))
        {
            return null;
        }

        string? name = last switch
        {
            ImapValue.Text text => text.Value,
            ImapValue.Literal literal when response.Literal(literal) is { } octets => System.Text.Encoding.Latin1.GetString(octets),
            _ => null,
        };
        return name is null ? null : (name, separator is { IsQuoted: true, Value.Length: 1 } ? separator.Value[0] : '\0');
    }

    private async ValueTask<ImapBox?> OpenAsync(string remote, string local, ICollection<string> problems, CancellationToken cancellationToken)
    {
        bool changes = account.Mode == CollectMode.Move || account.MarksSeen || account.DeleteAfter > TimeSpan.Zero;
        bool hasSequences = connection.Can("CONDSTORE") || connection.Can("QRESYNC");
        ulong validity = 0;
        ulong nextUid = 0;
        ulong sequence = 0;
        uint exists = 0;
        string? error = await connection.TryRunAsync(
            $"{(changes ? "SELECT" : "EXAMINE")} {ImapConnection.Quoted(FolderName.Encode(remote))}{(hasSequences ? " (CONDSTORE)" : "")}",
            response =>
            {
                if (response.Is("OK", out string code))
                {
                    validity = ReadCode(code, "[UIDVALIDITY ") ?? validity;
                    nextUid = ReadCode(code, "[UIDNEXT ") ?? nextUid;
                    sequence = ReadCode(code, "[HIGHESTMODSEQ ") ?? sequence;
                }

                exists = response.IsNumbered("EXISTS", out uint number, out _) ? number : exists;
            },
            cancellationToken);
        if (error is null && validity > 0)
        {
            bool isInbox = local.Equals("INBOX", StringComparison.OrdinalIgnoreCase);
            string text = validity.ToString(CultureInfo.InvariantCulture);
            return new ImapBox(connection, account, (remote, isInbox ? null : local, text, exists), problems)
            {
                // Without change numbers a message that became unseen again would not be met.
                Checkpoint = nextUid is > 0 and <= uint.MaxValue && (sequence > 0 || account.Messages == MessageChoice.All)
                    ? new Checkpoint(text, (uint)nextUid, sequence)
                    : null,
            };
        }

        problems.Add($"folder {RemoteFault.Quote(remote)} cannot be opened: {error ?? "it has no UIDVALIDITY"}");
        return null;
    }

    private static ulong? ReadCode(string text, string name)
    {
        int end = text.IndexOf(']', StringComparison.Ordinal);
        return end > 0 && text.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            && ulong.TryParse(text.AsSpan(name.Length, end - name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : null;
    }
}
