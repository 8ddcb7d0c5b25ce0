using System.Globalization;
using System.Text.RegularExpressions;

namespace PluginMail.EndToEnd;

/// <summary>The ports that a server's start screen names.</summary>
internal sealed partial record ServerPorts(int Smtp, int Submission, int SubmissionTls, int Imap, int ImapTls, int Pop3, int Pop3Tls, int Lmtp, int Http)
{
    /// <exception cref="InvalidOperationException">One is missing.</exception>
    public static ServerPorts Read(string screen)
    {
        Dictionary<string, int> ports = Line().Matches(screen).ToDictionary(
            match => match.Groups["protocol"].Value + " " + match.Groups["tls"].Value,
            match => int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture));
        return new ServerPorts(
            Of("smtp STARTTLS"), Of("submission STARTTLS"), Of("submission TLS"), Of("imap STARTTLS"), Of("imap TLS"), Of("pop3 STARTTLS"), Of("pop3 TLS"), ports.GetValueOrDefault("lmtp plain"), ports.GetValueOrDefault("http TLS"));

        int Of(string listener) => ports.TryGetValue(listener, out int port)
            ? port
            : throw new InvalidOperationException($"no {listener} on the start screen:\n{screen}");
    }

    [GeneratedRegex(@"^  (?<protocol>\w+) +127\.0\.0\.1:(?<port>\d+) +(?<tls>\w+)\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex Line();
}
