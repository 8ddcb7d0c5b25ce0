using System.Globalization;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Text;

namespace PluginMail.Milter.Protocol;

/// <summary>What a milter answers to a step.</summary>
internal abstract record MilterReply
{
    private MilterReply()
    {
    }

    /// <summary>Go on.</summary>
    public sealed record Continue : MilterReply
    {
        public static readonly Continue Instance = new();
    }

    /// <summary>Nothing more needs to be asked: of this connection at its first steps, of this message later.</summary>
    public sealed record Accept : MilterReply;

    /// <summary>Accept the message and throw it away.</summary>
    public sealed record Discard : MilterReply;

    /// <summary>No more of the same in this message.</summary>
    public sealed record Skip : MilterReply;

    /// <summary>A reply to the client.</summary>
    /// <param name="Reply">4yz or 5yz.</param>
    /// <param name="IsForConnection">Whether it holds for the rest of the connection.</param>
    public sealed record Say(SmtpReply Reply, bool IsForConnection = false) : MilterReply;

    private static readonly Say Rejected = new(new SmtpReply(550, new EnhancedStatusCode(5, 7, 1), "Command rejected"));
    private static readonly Say Failed = new(new SmtpReply(451, new EnhancedStatusCode(4, 7, 1), "Service unavailable - try again later"));
    private static readonly Say Closing = new(new SmtpReply(421, new EnhancedStatusCode(4, 7, 0), "Server closing connection"), IsForConnection: true);

    /// <summary>The name in metrics and the log.</summary>
    public string Name => GetType().Name.ToLowerInvariant();

    /// <summary>Reads a packet.</summary>
    /// <exception cref="MilterFaultException">It is no answer to a step.</exception>
    public static MilterReply Read(MilterPacket packet) => packet.Kind switch
    {
        MilterAnswer.Continue => Continue.Instance,
        MilterAnswer.Accept => new Accept(),
        MilterAnswer.Discard => new Discard(),
        MilterAnswer.Skip => new Skip(),
        MilterAnswer.Reject => Rejected,
        MilterAnswer.TemporaryFailure => Failed,
        MilterAnswer.Shutdown or MilterAnswer.FailConnection => Closing,
        MilterAnswer.ReplyCode => new Say(ReadReply(packet.Data)),
        _ => throw new MilterFaultException($"it answered \"{packet.Letter}\" where the protocol does not allow it"),
    };

    /// <summary>
    /// Reads a reply of the milter's own words: lines of a code of 4yz or 5yz, a space or a hyphen, and a text that may begin with an enhanced
    /// status code (RFC 2034 section 4). Percent signs are doubled, as smfi_setreply() demands it.
    /// </summary>
    private static SmtpReply ReadReply(ReadOnlySpan<byte> data)
    {
        int end = data.IndexOf((byte)0);
        string whole = Encoding.UTF8.GetString(end < 0 ? data : data[..end]);
        string[] lines = whole.TrimEnd('\r', '\n').Split('\n');
        string code = lines[0].Length >= 3 ? lines[0][..3] : "";
        if (lines.Length > 100 || code.Length != 3 || code[0] is not ('4' or '5') || !char.IsAsciiDigit(code[1]) || !char.IsAsciiDigit(code[2])
            || lines.Any(line => !line.StartsWith(code, StringComparison.Ordinal) || (line.TrimEnd('\r').Length > 3 && line[3] is not (' ' or '-'))))
        {
            throw new MilterFaultException($"it wants to say \"{Printable.Of(whole, 60)}\", which is no reply of 4yz or 5yz");
        }

        var status = new EnhancedStatusCode((byte)(code[0] - '0'), 7, 1);
        var texts = new List<string>(lines.Length);
        foreach (string line in lines)
        {
            string words = line.TrimEnd('\r') is { Length: > 4 } trimmed ? trimmed[4..] : "";
            texts.Add(TakeStatus(words, ref status).Replace("%%", "%", StringComparison.Ordinal));
        }

        return new SmtpReply(int.Parse(code, CultureInfo.InvariantCulture), status, string.Join('\n', texts));
    }

    private static string TakeStatus(string words, ref EnhancedStatusCode status)
    {
        int space = words.IndexOf(' ', StringComparison.Ordinal);
        string first = space < 0 ? words : words[..space];
        string[] parts = first.Split('.');
        if (parts.Length != 3 || parts[0] != $"{status.Class}" || !ushort.TryParse(parts[1], out ushort subject) || !ushort.TryParse(parts[2], out ushort detail)
            || subject > 999 || detail > 999)
        {
            return words;
        }

        status = status with { Subject = subject, Detail = detail };
        return space < 0 ? "" : words[(space + 1)..];
    }
}
