using System.Collections.Immutable;
using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Clients;
using PluginMail.Milter.Protocol;

namespace PluginMail.Milter.Sessions;

/// <summary>The values of macros at one moment of a session, as Postfix (MILTER_README) and Sendmail name them.</summary>
internal sealed class MacroValues(MilterPeer peer, ISessionView session, ClientName client)
{
    // What Postfix sends where a milter asks for nothing, and what else many milters look for.
    private static readonly string[][] Usual =
    [
        ["j", "{daemon_name}", "{daemon_addr}", "{daemon_port}", "v", "_", "{client_addr}", "{client_name}", "{client_port}", "{client_ptr}", "{client_resolve}", "{if_addr}", "{if_name}"],
        ["{tls_version}", "{cipher}", "{cipher_bits}"],
        ["i", "{auth_type}", "{auth_authen}", "{auth_author}", "{mail_addr}", "{mail_host}", "{mail_mailer}"],
        ["i", "{rcpt_addr}", "{rcpt_host}", "{rcpt_mailer}"],
        ["i"],
        ["i", "{msg_id}"],
        ["i"],
    ];

    /// <summary>From MAIL on.</summary>
    public MailStep? Mail { get; init; }

    /// <summary>At RCPT.</summary>
    public RcptStep? Rcpt { get; init; }

    /// <summary>From DATA on.</summary>
    public IMessageView? Message { get; init; }

    /// <summary>How many recipients were accepted so far.</summary>
    public int Recipients { get; init; }

    /// <summary>The macros of a stage that have a value, and those that the settings add.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="wanted">The names that the milter asked for; null for the usual ones.</param>
    public IEnumerable<(string Name, string Value)> At(MacroStage stage, string[]? wanted)
    {
        var set = peer.Server.Macros;
        foreach (string name in wanted ?? Usual[(int)stage])
        {
            if (!set.ContainsKey(name) && Value(name) is { Length: > 0 } value)
            {
                yield return (name, value);
            }
            else if (stage != MacroStage.Connect && set.TryGetValue(name, out string? given))
            {
                yield return (name, given);
            }
        }

        if (stage == MacroStage.Connect)
        {
            foreach (var (name, value) in set)
            {
                yield return (name, value);
            }
        }
    }

    private string? Value(string name) => name.Trim('{', '}') switch
    {
        "j" => peer.Options.Hostname,
        "daemon_name" => peer.Options.Hostname,
        "daemon_addr" or "if_addr" => session.LocalEndPoint is { } local ? ClientName.Plain(local.Address).ToString() : "127.0.0.1",
        "if_name" => peer.Options.Hostname,
        "daemon_port" => Port(session.LocalEndPoint?.Port),
        "v" => "PluginMail",
        "_" => $"{client.Pointer ?? "unknown"} [{client.Address}]{(client.Pointer is null || client.IsVerified ? "" : " (may be forged)")}",
        "client_addr" => client.Address.ToString(),
        "client_name" => client.IsVerified ? client.Name : "unknown",
        "client_ptr" => client.Pointer ?? "unknown",
        "client_resolve" => client.Resolution switch
        {
            NameResolution.Verified => "OK",
            NameResolution.Forged => "FORGED",
            NameResolution.Unknown => "TEMP",
            _ => "FAIL",
        },
        "client_port" => Port(session.RemoteEndPoint?.Port ?? 0),
        "tls_version" => session.TlsProtocol,
        "cipher" => session.TlsCipher,
        "cipher_bits" => CipherBits(session.TlsCipher),
        "s" => session.HelloName,
        "r" => Protocol(),
        "auth_type" => session.AuthenticationMechanism,
        "auth_authen" or "auth_author" => session.Authenticated?.ToString(),
        "auth_ssf" when session.AuthenticationMechanism is not null => "0", // no mechanism here makes a layer of its own
        "verify" => session.IsEncrypted ? "NOT" : "NONE", // in Sendmail's words: the client is not asked for a certificate
        "i" => Mail?.TransactionId,
        "rcpt_addr" when Rcpt is { Refusal: { } refusal } => refusal.Text.Replace('\n', ' '),
        "rcpt_host" when Rcpt is { Refusal: { } refusal } => refusal.Status?.ToString() ?? $"{refusal.Code}",
        "rcpt_mailer" when Rcpt is { Refusal: not null } => "error",
        "rcpt_addr" => Rcpt?.Recipient.ToString(),
        "rcpt_host" => Rcpt?.Recipient.Domain,
        "rcpt_mailer" => Rcpt is null ? null : session.Direction == Direction.Outgoing ? "smtp" : "local",
        "dsn_notify" => Parameter(Rcpt?.Parameters, "NOTIFY"),
        _ => Mail is null ? null : OfTransaction(name.Trim('{', '}'), Mail),
    };

    private string? OfTransaction(string name, MailStep mail) => name switch
    {
        "mail_addr" or "f" => mail.Sender?.ToString() ?? "<>",
        "mail_host" => mail.Sender?.Domain,
        "mail_mailer" => "smtp",
        "nrcpts" => Recipients.ToString(CultureInfo.InvariantCulture),
        "dsn_ret" => Parameter(mail.Parameters, "RET"),
        "dsn_envid" => Parameter(mail.Parameters, "ENVID"),
        "msg_size" => Message?.Content.Length.ToString(CultureInfo.InvariantCulture) ?? Parameter(mail.Parameters, "SIZE"),
        "msg_id" => Message?.Headers.FirstOrDefault(static field => field.Name.Equals("Message-ID", StringComparison.OrdinalIgnoreCase))?.Value,
        _ => null,
    };

    private static string? Parameter(ImmutableArray<EsmtpParameter>? parameters, string keyword) =>
        parameters?.FirstOrDefault(parameter => parameter.Is(keyword)).Value;

    private string Protocol() => session.Protocol == "lmtp" ? "LMTP" : session.IsEncrypted ? "ESMTPS" : "ESMTP";

    private static string? Port(int? port) => port?.ToString(CultureInfo.InvariantCulture);

    private static string? CipherBits(string? cipher) => cipher switch
    {
        null => null,
        _ when cipher.Contains("128", StringComparison.Ordinal) => "128",
        _ when cipher.Contains("256_", StringComparison.Ordinal) || cipher.Contains("CHACHA20", StringComparison.Ordinal) => "256",
        _ => null,
    };
}
