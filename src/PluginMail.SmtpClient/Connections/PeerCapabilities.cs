using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>What a host offered in its reply to EHLO or LHLO (RFC 5321 section 4.1.1.1).</summary>
internal sealed record PeerCapabilities
{
    /// <summary>A host that knows HELO alone.</summary>
    public static PeerCapabilities None { get; } = new();

    /// <summary>PIPELINING (RFC 2920).</summary>
    public bool Pipelining { get; init; }

    /// <summary>CHUNKING (RFC 3030).</summary>
    public bool Chunking { get; init; }

    /// <summary>8BITMIME (RFC 6152).</summary>
    public bool EightBitMime { get; init; }

    /// <summary>SMTPUTF8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>DSN (RFC 3461).</summary>
    public bool Dsn { get; init; }

    /// <summary>STARTTLS (RFC 3207).</summary>
    public bool StartTls { get; init; }

    /// <summary>REQUIRETLS (RFC 8689).</summary>
    public bool RequireTls { get; init; }

    /// <summary>SIZE (RFC 1870).</summary>
    public bool Size { get; init; }

    /// <summary>The largest message in octets; 0 where the host names none.</summary>
    public long MaximumSize { get; init; }

    /// <summary>The mechanisms of AUTH in upper case (RFC 4954).</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = [];

    /// <summary>Reads the reply to EHLO; keywords that mean nothing here are passed over.</summary>
    /// <param name="reply">A positive reply.</param>
    public static PeerCapabilities Parse(SmtpReply reply)
    {
        var capabilities = new PeerCapabilities();
        foreach (string line in reply.Text.Split('\n').Skip(1))
        {
            // "AUTH=" is what hosts say to clients of the last century; it counts as "AUTH ".
            string[] words = (line.StartsWith("AUTH=", StringComparison.OrdinalIgnoreCase) ? "AUTH " + line[5..] : line)
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0)
            {
                capabilities = capabilities.With(words[0].ToUpperInvariant(), words);
            }
        }

        return capabilities;
    }

    private PeerCapabilities With(string keyword, string[] words) => keyword switch
    {
        "PIPELINING" => this with { Pipelining = true },
        "CHUNKING" => this with { Chunking = true },
        "8BITMIME" => this with { EightBitMime = true },
        "SMTPUTF8" => this with { SmtpUtf8 = true },
        "DSN" => this with { Dsn = true },
        "STARTTLS" => this with { StartTls = true },
        "REQUIRETLS" => this with { RequireTls = true },
        "SIZE" => this with
        {
            Size = true,
            MaximumSize = words.Length > 1 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : 0,
        },
        "AUTH" => this with { Mechanisms = [.. Mechanisms.Union(words.Skip(1).Select(static word => word.ToUpperInvariant()), StringComparer.Ordinal)] },
        _ => this,
    };
}
