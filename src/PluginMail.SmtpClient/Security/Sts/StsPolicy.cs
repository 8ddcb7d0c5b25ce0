using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>What a policy wants of senders (RFC 8461 section 5).</summary>
public enum StsMode
{
    /// <summary>Nothing: the domain has given MTA-STS up.</summary>
    None,

    /// <summary>Failures are reported, and stop nothing.</summary>
    Testing,

    /// <summary>Hosts that fail are not used.</summary>
    Enforce,
}

/// <summary>An MTA-STS policy (RFC 8461 section 3.2).</summary>
/// <param name="Mode">What it wants.</param>
/// <param name="MaxAge">How long it holds after it was fetched; a year at most.</param>
/// <param name="Hosts">Patterns of the mail exchangers, in lower case: a name, or <c>*.</c> and a name for one label before it.</param>
public sealed record StsPolicy(StsMode Mode, TimeSpan MaxAge, ImmutableArray<string> Hosts)
{
    /// <summary>Patterns of the longest policy that is taken.</summary>
    public const int MaximumHosts = 200;

    private const long MaximumAge = 31_557_600;

    /// <summary>The policy's fields as <c>key: value</c>, for reports and caches.</summary>
    public ImmutableArray<string> Lines =>
    [
        "version: STSv1",
        $"mode: {Mode.ToString().ToLowerInvariant()}",
        .. Hosts.Select(static host => $"mx: {host}"),
        $"max_age: {(long)MaxAge.TotalSeconds}",
    ];

    /// <summary>Reads a policy file. Unknown fields are left aside; of a field that may stand once the first counts.</summary>
    /// <param name="text">The file.</param>
    /// <returns>The policy; null where it is none.</returns>
    public static StsPolicy? Parse(string text)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        List<string> hosts = [];
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                continue;
            }

            string key = line[..colon].Trim(' ', '\t');
            string value = line[(colon + 1)..].Trim(' ', '\t', '\r');
            if (key != "mx")
            {
                fields.TryAdd(key, value);
            }
            else if (hosts.Count == MaximumHosts || !IsPattern(value))
            {
                return null;
            }
            else
            {
                hosts.Add(value.ToLowerInvariant());
            }
        }

        return Make(fields, hosts);
    }

    /// <summary>Whether a mail exchanger is one of the policy's (RFC 8461 section 4.1).</summary>
    /// <param name="host">Its name in lower case.</param>
    public bool Covers(string host)
    {
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        foreach (string pattern in Hosts)
        {
            if (pattern == host || (dot > 0 && pattern.StartsWith("*.", StringComparison.Ordinal) && pattern.AsSpan(1).SequenceEqual(host.AsSpan(dot))))
            {
                return true;
            }
        }

        return false;
    }

    private static StsPolicy? Make(Dictionary<string, string> fields, List<string> hosts)
    {
        StsMode? mode = fields.GetValueOrDefault("mode") switch
        {
            "enforce" => StsMode.Enforce,
            "testing" => StsMode.Testing,
            "none" => StsMode.None,
            _ => null,
        };
        bool isAge = long.TryParse(fields.GetValueOrDefault("max_age"), NumberStyles.None, CultureInfo.InvariantCulture, out long age);
        if (fields.GetValueOrDefault("version") != "STSv1" || mode is not { } known || !isAge || (hosts.Count == 0 && known != StsMode.None))
        {
            return null;
        }

        return new StsPolicy(known, TimeSpan.FromSeconds(Math.Min(age, MaximumAge)), [.. hosts]);
    }

    private static bool IsPattern(string text) =>
        EmailAddress.IsDomain(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text) && text.All(char.IsAscii);
}
