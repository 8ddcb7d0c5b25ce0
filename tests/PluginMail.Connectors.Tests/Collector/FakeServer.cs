using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>A server that says what a real one says in a small dialog, and breaks the connection after so many octets.</summary>
internal abstract class FakeServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    protected FakeServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>Octets after which the next connection breaks.</summary>
    public long CutAfter { get; set; } = long.MaxValue;

    /// <summary>The message at which the connection ends, in its midst; 0 is none.</summary>
    public uint BreaksAt { get; set; }

    /// <summary>Whether it does not end there, but stands still.</summary>
    public bool StandsStill { get; set; }

    /// <summary>Has ended when it stands still.</summary>
    public TaskCompletionSource Stood { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the connection ends at QUIT or LOGOUT without an answer.</summary>
    public bool ClosesAtEnd { get; set; }

    /// <summary>What a login is answered in place of OK; empty for OK.</summary>
    public string LoginError { get; set; } = "";

    /// <summary>Octets sent in the last connection.</summary>
    public long Sent { get; private set; }

    /// <summary>What clients said.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>The messages, by what they are called.</summary>
    public SortedDictionary<uint, string> Messages { get; } = [];

    /// <summary>Puts a message in.</summary>
    public void Add(uint id, string subject, string more = "") => Messages[id] =
        $"{more}Message-ID: <{id}.{subject}@example.test>\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nFrom: a@example.test\r\nSubject: {subject}\r\n\r\n.dots\r\n.\r\n..\r\ntext {subject}\r\n";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    protected abstract Task TalkAsync(Talk talk);

    protected async Task BreakAsync(Talk talk, uint id, string before)
    {
        if (id == BreaksAt)
        {
            await talk.SayAsync(before);
            Stood.TrySetResult();
            while (StandsStill && await talk.ReadAsync() is not null)
            {
            }

            throw new IOException("broken off");
        }
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            client.NoDelay = true;
            var talk = new Talk(client.GetStream(), CutAfter, Commands);
            try
            {
                await TalkAsync(talk);
            }
            catch (IOException)
            {
                // It was cut, or the client left.
            }

            Sent = talk.Sent;
        }
    }

    /// <summary>One connection.</summary>
    internal sealed class Talk(NetworkStream stream, long cutAfter, List<string> commands)
    {
        private readonly StreamReader _reader = new(stream, Encoding.Latin1);

        public long Sent { get; private set; }

        public async Task<string[]?> ReadAsync()
        {
            string? line = await _reader.ReadLineAsync();
            commands.Add(line ?? "(gone)");
            return line?.Split(' ');
        }

        public async Task SayAsync(string text)
        {
            byte[] octets = Encoding.Latin1.GetBytes(text);
            int count = (int)Math.Min(octets.Length, cutAfter - Sent);
            await stream.WriteAsync(octets.AsMemory(0, count));
            Sent += count;
            if (count < octets.Length)
            {
                throw new IOException("cut");
            }
        }
    }
}

/// <summary>Speaks POP3. Marked messages go at QUIT, before its answer: the worst moment for a cut.</summary>
internal sealed class FakePop3 : FakeServer
{
    public string Capabilities { get; set; } = "UIDL\r\nTOP\r\nPIPELINING\r\nUSER";

    /// <summary>Whether it writes CRLF for each LF, and that after it has stuffed the dots behind CRLF.</summary>
    public bool MakesLineEnds { get; set; }

    /// <summary>Whether what RETR answers has no end.</summary>
    public bool IsEndless { get; set; }

    /// <summary>How a message's UIDL begins.</summary>
    public string IdStart { get; set; } = "uid-";

    protected override async Task TalkAsync(Talk talk)
    {
        uint[] ids = [.. Messages.Keys];
        HashSet<uint> marked = [];
        await talk.SayAsync("+OK ready\r\n");
        while (await talk.ReadAsync() is { } command)
        {
            uint number = command.Length > 1 && uint.TryParse(command[1], NumberStyles.None, CultureInfo.InvariantCulture, out uint parsed) ? parsed : 0;
            switch (command[0])
            {
                case "CAPA":
                    await talk.SayAsync($"+OK\r\n{Capabilities}\r\n.\r\n");
                    break;
                case "LIST" when number > 0:
                    await talk.SayAsync($"+OK {number} {Messages[ids[number - 1]].Length}\r\n");
                    break;
                case "LIST":
                    await talk.SayAsync($"+OK\r\n{string.Concat(ids.Select((id, i) => $"{i + 1} {Messages[id].Length}\r\n"))}.\r\n");
                    break;
                case "UIDL" when Capabilities.Contains("UIDL", StringComparison.Ordinal):
                    await talk.SayAsync($"+OK\r\n{string.Concat(ids.Select((id, i) => $"{i + 1} {IdStart}{id}\r\n"))}.\r\n");
                    break;
                case "RETR" when IsEndless:
                    await talk.SayAsync("+OK\r\n");
                    while (true)
                    {
                        await talk.SayAsync("a line that is followed by another one\r\n");
                    }

                case "RETR":
                    await BreakAsync(talk, ids[number - 1], "+OK\r\nSubject: beg");
                    await talk.SayAsync($"+OK\r\n{Stuffed(Messages[ids[number - 1]])}.\r\n");
                    break;
                case "TOP" when Capabilities.Contains("TOP", StringComparison.Ordinal):
                    await talk.SayAsync($"+OK\r\n{Messages[ids[number - 1]].Split("\r\n\r\n")[0]}\r\n\r\n.\r\n");
                    break;
                case "DELE":
                    marked.Add(ids[number - 1]);
                    await talk.SayAsync("+OK\r\n");
                    break;
                case "QUIT":
                    foreach (uint id in marked)
                    {
                        Messages.Remove(id);
                    }

                    await talk.SayAsync(ClosesAtEnd ? "" : "+OK bye\r\n");
                    return;
                case "PASS" when LoginError.Length > 0:
                    await talk.SayAsync($"-ERR {LoginError}\r\n");
                    break;
                case "USER" or "PASS":
                    await talk.SayAsync("+OK\r\n");
                    break;
                default:
                    await talk.SayAsync("-ERR what\r\n");
                    break;
            }
        }
    }

    private string Stuffed(string message)
    {
        string stuffed = message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        return MakesLineEnds ? stuffed.ReplaceLineEndings("\r\n") : stuffed;
    }
}

/// <summary>Speaks IMAP, as much of it as is asked here.</summary>
internal sealed class FakeImap : FakeServer
{
    private readonly HashSet<uint> _deleted = [];
    private readonly Dictionary<uint, ulong> _sequences = [];
    private ulong _lastSequence;

    public uint UidValidity { get; set; } = 7;

    public string Capabilities { get; set; } = "IMAP4rev1 UIDPLUS";

    /// <summary>UIDs that are marked as deleted.</summary>
    public IReadOnlySet<uint> Deleted => _deleted;

    /// <summary>Octets of a message that are sent, whatever its size is said to be.</summary>
    public int MostSent { get; set; } = int.MaxValue;

    /// <summary>What RFC822.SIZE says where that is not so.</summary>
    public Dictionary<uint, long> Sizes { get; } = [];

    /// <summary>Whether a message's UID comes behind its text.</summary>
    public bool TellsUidLast { get; set; }

    /// <summary>What is said in the midst of a list.</summary>
    public string News { get; set; } = "";

    /// <summary>A command that is refused in INBOX.</summary>
    public string Refused { get; set; } = "";

    /// <summary>What LIST shows: names as they are written on the wire, quotes or literals.</summary>
    public List<string> Folders { get; } = [];

    /// <summary>A command whose answer has no end.</summary>
    public string Endless { get; set; } = "";

    /// <summary>Flags by UID.</summary>
    public Dictionary<uint, string> Flags { get; } = [];

    /// <summary>Gives a message other flags.</summary>
    public void Change(uint uid, string flags)
    {
        Flags[uid] = flags;
        _sequences[uid] = ++_lastSequence;
    }

    protected override async Task TalkAsync(Talk talk)
    {
        string folder = "";
        await talk.SayAsync("* OK ready\r\n");
        while (await talk.ReadAsync() is { } command)
        {
            string tag = command[0];
            string verb = command[1] == "UID" ? command[2] : command[1];
            folder = verb == "SELECT" ? command[2] : folder;
            switch (verb)
            {
                case var _ when verb == Refused && folder == "\"INBOX\"":
                    await talk.SayAsync($"{tag} NO [NOPERM] not here\r\n");
                    continue;
                case var _ when verb == Endless:
                    string line = $"* OK {new string('x', 60_000)}\r\n";
                    while (true)
                    {
                        await talk.SayAsync(line);
                    }

                case "LIST":
                    await talk.SayAsync(string.Concat(Folders.Select(name => $"* LIST () \"/\" {name}\r\n")));
                    break;
                case "CAPABILITY":
                    await talk.SayAsync($"* CAPABILITY {Capabilities}\r\n");
                    break;
                case "SELECT" or "EXAMINE":
                    foreach (uint uid in Messages.Keys)
                    {
                        _ = _sequences.TryAdd(uid, _lastSequence + 1) ? ++_lastSequence : 0;
                    }

                    uint next = Messages.Count == 0 ? 1 : Messages.Keys.Max() + 1;
                    await talk.SayAsync($"* {Messages.Count} EXISTS\r\n* OK [UIDVALIDITY {UidValidity}] valid\r\n* OK [UIDNEXT {next}] next\r\n");
                    await talk.SayAsync(HasSequences ? $"* OK [HIGHESTMODSEQ {_lastSequence}] highest\r\n" : "* OK [NOMODSEQ] none\r\n");
                    break;
                case "FETCH":
                    await FetchAsync(talk, command);
                    break;
                case "LOGIN" when LoginError.Length > 0:
                    await talk.SayAsync($"{tag} NO {LoginError}\r\n");
                    continue;
                case "STORE":
                    _deleted.UnionWith(command[^1].Contains("Deleted", StringComparison.Ordinal) ? Named(command[3]) : []);
                    Named(command[3]).ForEach(uid => _sequences[uid] = ++_lastSequence);
                    break;
                case "EXPUNGE":
                    foreach (uint uid in command.Length > 3 ? Named(command[3]).Intersect(_deleted).ToArray() : [.. _deleted])
                    {
                        Messages.Remove(uid);
                        _deleted.Remove(uid);
                    }

                    break;
                case "LOGOUT":
                    await talk.SayAsync(ClosesAtEnd ? "" : $"* BYE\r\n{tag} OK\r\n");
                    return;
            }

            await talk.SayAsync($"{tag} OK done\r\n");
        }
    }

    private bool HasSequences => Capabilities.Contains("CONDSTORE", StringComparison.Ordinal);

    private async Task FetchAsync(Talk talk, string[] command)
    {
        int number = 0;
        string items = string.Join(' ', command[4..]);
        ulong since = command[^2] == "(CHANGEDSINCE" ? ulong.Parse(command[^1].TrimEnd(')'), CultureInfo.InvariantCulture) : 0;
        foreach (var (uid, message) in Messages)
        {
            number++;
            string flags = string.Join(' ', new[] { Flags.GetValueOrDefault(uid, ""), _deleted.Contains(uid) ? "\\Deleted" : "" }.Where(flag => flag.Length > 0));
            if (!Named(command[3]).Contains(uid) || _sequences.GetValueOrDefault(uid, ulong.MaxValue) <= since)
            {
                continue;
            }

            string header = message.Split("\r\n\r\n")[0] + "\r\n\r\n";
            string sent = message[..Math.Min(message.Length, MostSent)];
            if (items.Contains("BODY.PEEK[]", StringComparison.Ordinal))
            {
                await BreakAsync(talk, uid, TellsUidLast ? "" : $"* {number} FETCH (UID {uid} BODY[] {{{sent.Length}}}\r\nSubject: beg");
            }

            await talk.SayAsync(
                items.Contains("BODY.PEEK[]", StringComparison.Ordinal)
                ? $"* {number} FETCH ({(TellsUidLast ? "" : $"UID {uid} ")}BODY[] {{{sent.Length}}}\r\n{sent}{(TellsUidLast ? $" UID {uid}" : "")})\r\n"
                : items.Contains("HEADER", StringComparison.Ordinal)
                ? $"* {number} FETCH (UID {uid} BODY[HEADER.FIELDS (MESSAGE-ID DATE)] {{{header.Length}}}\r\n{header})\r\n"
                : $"{News}* {number} FETCH (UID {uid} RFC822.SIZE {Sizes.GetValueOrDefault(uid, message.Length)} FLAGS ({flags}) INTERNALDATE \"21-Nov-2026 10:00:00 +0100\")\r\n");
        }
    }

    // "5:*" names the last message too where that is the fourth.
    private List<uint> Named(string set) =>
    [
        .. from part in set.Split(',')
           let ends = part.Split(':').Select(end => end == "*" ? Messages.Keys.Max() : uint.Parse(end, CultureInfo.InvariantCulture)).ToList()
           from uid in Messages.Keys
           where uid >= ends.Min() && uid <= ends.Max()
           select uid,
    ];
}
