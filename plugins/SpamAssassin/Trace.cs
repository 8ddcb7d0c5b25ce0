using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Clients;

namespace PluginMail.SpamAssassin;

/// <summary>
/// How a message came, as SpamAssassin reads it out of the topmost Received field (its Message/Metadata/Received.pm): greeting, name and address
/// of the client, whether it authenticated, and the reverse path. This server's own field has no name and no path, so that another takes its place
/// in what spamd gets; the message itself stays as it is.
/// </summary>
/// <param name="names">Knows what clients are called; null: nobody asks, and none has a name.</param>
/// <param name="hostname">What this server is called.</param>
/// <param name="clock">Tells when.</param>
internal sealed class Trace(ConfirmedNames? names, string hostname, TimeProvider clock)
{
    private const string Unknown = "unknown";
    private const int LongestWord = 255;

    // This server's field is the topmost, or below the few that others put there meanwhile.
    private const int LongestTop = 16 * 1024;

    // As in this server's own field: a greeting must look like no other part of it.
    private static readonly SearchValues<char> GreetingCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]");

    // What would end a word, a comment or the field (RFC 5322 section 3.2.2).
    private static readonly SearchValues<char> Special = SearchValues.Create("()<>;\"\\|#,");

    // SpamAssassin takes the word behind one of these for the reverse path, wherever it stands.
    private static readonly string[] PathMarks = ["return-path", "envelope-from", "envelope-sender"];

    /// <summary>Puts the field above a message that a client brought; one that none brought, as it was collected, stays as it is.</summary>
    public async ValueTask<MessageContent> AddAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (message.Session.RemoteEndPoint is not { } client)
        {
            return message.Content;
        }

        var address = ClientNetworks.Plain(client.Address);
        string? name = IPAddress.IsLoopback(address) ? "localhost"
            : names is null ? null
            : (await names.FindAsync(address, cancellationToken)).Verified;
        return new TracedContent(Encoding.UTF8.GetBytes(Field(message, address, name)), message.Content, FindOwn(message));
    }

    private string Field(IMessageView message, IPAddress address, string? name)
    {
        var session = message.Session;
        string literal = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"IPv6:{address}" : address.ToString();
        string protocol = $"{(session.Protocol == "lmtp" ? "LMTP" : "ESMTP")}{(session.IsEncrypted ? "S" : "")}{(session.Authenticated is null ? "" : "A")}"; // RFC 3848
        string path = message.Envelope.Sender is { } sender ? $"{Word(sender.LocalPart)}@{HostName.Normalize(sender.Domain) ?? Word(sender.Domain)}" : "";
        string date = clock.GetUtcNow().ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        return $"X-Envelope-From: <{path}>\r\n" // of <> it sees none in a Received field
            + $"Received: from {Greeting(session.HelloName)} ({name ?? Unknown} [{literal}])\r\n"
            + $"\tby {hostname} (PluginMail) with {protocol} id {message.TransactionId}\r\n"
            + $"\t(envelope-from <{path}>);\r\n\t{date}\r\n";
    }

    private static string Greeting(string? hello)
    {
        string word = string.IsNullOrEmpty(hello) ? Unknown : Replaced(hello, static c => GreetingCharacters.Contains(c));
        return Array.Exists(PathMarks, mark => word.TrimEnd(':').EndsWith(mark, StringComparison.OrdinalIgnoreCase)) ? word + '?' : word;
    }

    private static string Word(string text) => Replaced(text, static c => c > ' ' && c != '\u007f' && !char.IsWhiteSpace(c) && !Special.Contains(c));

    private static string Replaced(string text, Func<char, bool> isAllowed) => string.Create(
        Math.Min(text.Length, LongestWord),
        (text, isAllowed),
        static (word, given) =>
        {
            for (int i = 0; i < word.Length; i++)
            {
                word[i] = given.isAllowed(given.text[i]) ? given.text[i] : '?';
            }
        });

    /// <summary>Where the Received field with this transaction's id is.</summary>
    private static (long Start, long Length) FindOwn(IMessageView message)
    {
        byte[] top = new byte[(int)Math.Min(message.Content.Length, LongestTop)];
        var rest = top.AsSpan(0, ReadTop(message.Content, top));
        byte[] id = Encoding.ASCII.GetBytes($" id {message.TransactionId}");
        for (int start = 0, length; (length = FieldLength(rest)) > 0; start += length, rest = rest[length..])
        {
            var field = rest[..length];
            if (Ascii.EqualsIgnoreCase(field[..Math.Min(length, "Received:".Length)], "Received:"u8) && field.IndexOf(id) >= 0)
            {
                return (start, length);
            }
        }

        return (0, 0);
    }

    private static int ReadTop(MessageContent content, byte[] top)
    {
        try
        {
            return content.Read(0, top);
        }
        catch (IOException)
        {
            return 0; // who sends it meets that too, and says so
        }
    }

    /// <summary>Octets of the first field, its line end included; 0 at the end of the header, or where the field does not end.</summary>
    private static int FieldLength(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty || octets[0] is (byte)'\r' or (byte)'\n')
        {
            return 0;
        }

        int length = 0;
        do
        {
            int end = octets[length..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return 0;
            }

            length += end + 1;
        }
        while (length < octets.Length && octets[length] is (byte)' ' or (byte)'\t');
        return length;
    }
}
