using System.Globalization;
using System.Net;
using System.Text;
using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>How a connection to a relay is protected.</summary>
public enum RelayTls
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>STARTTLS where it is offered, with any certificate.</summary>
    Opportunistic,

    /// <summary>STARTTLS, or nothing is sent.</summary>
    Required,

    /// <summary>From the first octet (RFC 8314 3.3).</summary>
    Implicit,
}

/// <summary>What is spoken with a relay.</summary>
public enum RelayProtocol
{
    /// <summary>SMTP (RFC 5321).</summary>
    Smtp,

    /// <summary>LMTP (RFC 2033).</summary>
    Lmtp,
}

/// <summary>A host that mail is handed to: the smarthost, or a domain's route.</summary>
/// <param name="Host">Its name or address; the absolute path of a Unix socket.</param>
/// <param name="Port">Its port; 0 for a Unix socket.</param>
public sealed record RelayHost(string Host, int Port)
{
    private const int LongestSecret = 4096;

    /// <summary><c>tls</c>.</summary>
    public RelayTls Tls { get; init; }

    /// <summary><c>verify</c>: whether the certificate must be valid for the host's name where TLS is required or implicit. Default true.</summary>
    public bool Verify { get; init; } = true;

    /// <summary><c>protocol</c>. Default <c>"smtp"</c>.</summary>
    public RelayProtocol Protocol { get; init; }

    /// <summary><c>user</c>: the name to log in with; empty without login.</summary>
    public string User { get; init; } = "";

    /// <summary><c>password</c>, or the first line of <c>password_file</c>.</summary>
    public Secret Password { get; init; } = Secret.None;

    /// <summary>Reads the keys of a host; null where it is empty or wrong.</summary>
    /// <param name="reader">What all tables share.</param>
    /// <param name="table">The table.</param>
    /// <param name="hostKey">The key of the host itself.</param>
    /// <param name="prefix">Stands before the other keys.</param>
    /// <param name="tls">Where its key is missing.</param>
    internal static RelayHost? Read(OptionsReader reader, TomlSettings table, string hostKey, string prefix, RelayTls tls)
    {
        string text = table.GetString(hostKey, "");
        string user = table.GetString(prefix + "user", "");
        var options = new RelayHost("", 0)
        {
            Tls = table.GetEnum(prefix + "tls", user.Length > 0 ? RelayTls.Required : tls),
            Verify = table.GetBoolean(prefix + "verify", defaultValue: true),
            Protocol = table.GetEnum(prefix + "protocol", RelayProtocol.Smtp),
            User = user,
            Password = ReadPassword(reader, table, prefix),
        };
        if (user.Length > 0 && options.Password.Value.Length == 0)
        {
            table.Reject(prefix + "user", $"no user, or a password in {prefix}password or {prefix}password_file");
        }
        else if (user.Length > 0 && options.Tls is RelayTls.None or RelayTls.Opportunistic)
        {
            table.Note(prefix + "user", $"whoever sits between here and {text} can read the password unless {prefix}tls is \"required\" or \"implicit\"", ConfigurationSeverity.Warning);
        }

        if (text.Length == 0)
        {
            return null;
        }

        if (TryHost(text, DefaultPort(options), out string host, out int port))
        {
            return options with { Host = host, Port = port };
        }

        table.Reject(hostKey, "a host like \"smtp.example.org\", \"smtp.example.org:587\", \"[2001:db8::1]:25\", or the path of a Unix socket");
        return null;
    }

    private static int DefaultPort(RelayHost options) => options switch
    {
        { Protocol: RelayProtocol.Lmtp } => 24,
        { Tls: RelayTls.Implicit } => 465,
        { User.Length: > 0 } => 587,
        _ => 25,
    };

    private static bool TryHost(string text, int defaultPort, out string host, out int port)
    {
        (host, port) = (text, defaultPort);
        if (text[0] == '/')
        {
            port = 0;
            return text.Length <= 100 && !text.Contains('\0', StringComparison.Ordinal); // sockaddr_un has room for 107
        }

        int colon = text.LastIndexOf(':');
        if (colon > text.LastIndexOf(']') && (text[0] == '[' || colon == text.IndexOf(':', StringComparison.Ordinal)))
        {
            host = text[..colon];
            if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) || number == 0)
            {
                return false;
            }

            port = number;
        }

        host = host is ['[', .., ']'] ? host[1..^1] : host;
        return DomainSyntax.IsHostname(host) || (IPAddress.TryParse(host, out _) && (host.Contains(':', StringComparison.Ordinal) || host.Count(static c => c == '.') == 3));
    }

    private static Secret ReadPassword(OptionsReader reader, TomlSettings table, string prefix)
    {
        string password = table.GetString(prefix + "password", "");
        string file = reader.GetExistingFile(table, prefix + "password_file");
        if (file.Length == 0 || !File.Exists(file))
        {
            return new Secret(password);
        }

        if (password.Length > 0)
        {
            table.Reject(prefix + "password_file", $"either {prefix}password or {prefix}password_file");
        }

        try
        {
            using FileStream stream = File.OpenRead(file);
            byte[] octets = new byte[LongestSecret];
            string text = Encoding.UTF8.GetString(octets, 0, stream.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false));
            return new Secret(text.Split('\n')[0].TrimEnd('\r'));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            table.Reject(prefix + "password_file", "a file that can be read");
            return Secret.None;
        }
    }
}
