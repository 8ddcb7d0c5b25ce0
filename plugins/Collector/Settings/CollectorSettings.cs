using System.Buffers;
using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Collector.Settings;

/// <summary>The plugin's table.</summary>
/// <param name="Sessions">The most sessions at once, over all accounts.</param>
/// <param name="Accounts">The accounts.</param>
internal sealed record CollectorSettings(int Sessions, ImmutableArray<AccountSettings> Accounts)
{
    private static readonly string[] DefaultFields = [.. RecipientField.Usual.Select(field => field.Name)];
    private static readonly string[] DefaultFolders = ["INBOX"];
    private static readonly SearchValues<char> Specials = SearchValues.Create("@\"<>(),:;\\[]");

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static CollectorSettings Read(ISettings settings)
    {
        int sessions = (int)settings.GetInteger("sessions", 8, 1, 256);
        var accounts = ImmutableArray.CreateBuilder<AccountSettings>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var identities = new HashSet<string>(StringComparer.Ordinal);
        foreach (var table in settings.GetTables("accounts"))
        {
            var account = ReadAccount(table);
            if (!names.Add(account.Name))
            {
                table.Reject("name", "a name that no other account has");
            }

            if (!identities.Add(account.Identity))
            {
                table.Reject("user", "an account that no other table collects");
            }

            accounts.Add(account);
        }

        return new CollectorSettings(sessions, accounts.ToImmutable());
    }

    private static AccountSettings ReadAccount(ISettings table)
    {
        var protocol = table.GetEnum("protocol", RemoteProtocol.Imap);
        var tls = table.GetEnum("tls", TlsMode.Implicit);
        var signIn = ReadSignIn(table);
        bool allowsPlainText = table.GetBoolean("allow_plain_text", defaultValue: false);
        if (tls == TlsMode.None && !allowsPlainText)
        {
            table.Reject("tls", "\"starttls\" or \"implicit\"; without TLS, allow_plain_text = true must say that the password may be read on its way");
        }

        return new AccountSettings
        {
            Name = Checked(table, "name", IsName, "letters, digits and any of - _ . @, at most 64"),
            Protocol = protocol,
            Host = Checked(table, "host", text => Uri.CheckHostName(text) != UriHostNameType.Unknown, "a host's name or address"),
            Port = (int)table.GetInteger("port", DefaultPort(protocol, tls), 1, 65535),
            Tls = tls,
            ChecksCertificate = table.GetBoolean("check_certificate", defaultValue: true),
            CertificateAuthorities = table.GetString("certificate_authorities", ""),
            AllowsPlainText = allowsPlainText,
            SignIn = signIn,
            Mode = table.GetEnum("mode", CollectMode.Copy),
            DeleteAfter = table.GetDuration("delete_after", TimeSpan.Zero),
            Messages = table.GetEnum("messages", MessageChoice.All),
            MarksSeen = table.GetBoolean("mark_seen", defaultValue: false),
            KeepsFlags = table.GetBoolean("keep_flags", defaultValue: true),
            Interval = table.GetDuration("interval", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
            MessagesPerSession = (int)table.GetInteger("messages_per_session", 1000, 1, 100_000),
            MaximumSize = table.GetSize("maximum_size", 50 << 20),
            Patience = table.GetDuration("timeout", TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(30)),
            SessionTime = table.GetDuration("session_time", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            Folders = ReadFolders(table, protocol),
            Recipients = ReadRecipients(table),
        };
    }

    private static SignInSettings ReadSignIn(ISettings table)
    {
        var signIn = new SignInSettings(
            table.GetEnum("auth", SignInMethod.Password),
            Checked(table, "user", text => text.Length is > 0 and <= 320 && !text.AsSpan().ContainsAnyInRange('\0', '\x1f'), "the login"))
        {
            Password = table.GetString("password", ""),
            PasswordFile = table.GetString("password_file", ""),
            TokenFile = table.GetString("token_file", ""),
            TokenEndpoint = ReadEndpoint(table),
            ClientId = table.GetString("client_id", ""),
            ClientSecretFile = table.GetString("client_secret_file", ""),
            RefreshTokenFile = table.GetString("refresh_token_file", ""),
        };
        int passwords = (signIn.Password.Length > 0 ? 1 : 0) + (signIn.PasswordFile.Length > 0 ? 1 : 0);
        int tokens = (signIn.TokenFile.Length > 0 ? 1 : 0) + (signIn.TokenEndpoint is null ? 0 : 1);
        if (signIn.Method == SignInMethod.Password && (passwords != 1 || tokens > 0))
        {
            table.Reject("password", "password or password_file, one of the two");
        }
        else if (signIn.Method != SignInMethod.Password && (tokens != 1 || passwords > 0))
        {
            table.Reject("token_file", "token_file or token_endpoint, one of the two, and no password");
        }
        else if (signIn.TokenEndpoint is not null && signIn.RefreshTokenFile.Length == 0)
        {
            table.Reject("refresh_token_file", "the file of the refresh token that token_endpoint takes");
        }

        return signIn;
    }

    // A refresh token is a password: it goes over HTTPS, or does not leave the machine.
    private static Uri? ReadEndpoint(ISettings table)
    {
        string text = table.GetString("token_endpoint", "");
        if (text.Length == 0)
        {
            return null;
        }

        bool isSound = Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
        if (!isSound)
        {
            table.Reject("token_endpoint", "an address that begins with https://");
        }

        return isSound ? address : null;
    }

    private static ImmutableArray<FolderRule> ReadFolders(ISettings table, RemoteProtocol protocol)
    {
        if (protocol == RemoteProtocol.Pop3 && table.Contains("folders"))
        {
            table.Reject("folders", "nothing: POP3 has no folders");
        }

        return All<FolderRule>(
            table, "folders", DefaultFolders, FolderRule.TryParse, "folders like \"INBOX\", \"Sent = Old mail/Sent\" or \"Work/* = Work/*\"");
    }

    private static RecipientSettings ReadRecipients(ISettings table)
    {
        var forwardTo = ReadAddress(table, "forward_to");
        var last = ReadAddress(table, "default");
        bool detects = table.Contains("detect") || table.Contains("addresses") || table.Contains("strip_prefix") || last is not null;
        var fields = All<RecipientField>(
            table, "detect", DefaultFields, RecipientField.TryParse, "names of fields, as delivered-to, x-original-to, envelope-to, received, to, cc, x-envelope-to");
        var addresses = All<AddressRule>(
            table, "addresses", [], AddressRule.TryParse, "addresses that are ours, like \"example.org\", \"isp.example = example.org\" or \"a@isp.example = b@example.org\"");
        if (forwardTo is null == !detects || (forwardTo is null && (last is null || addresses.IsEmpty)))
        {
            table.Reject("forward_to", "one mailbox's address; or addresses and default, for mail whose recipient is detected");
        }

        return new RecipientSettings(forwardTo, fields, addresses, last)
        {
            Prefix = Checked(table, "strip_prefix", IsPrefix, "the beginning of local parts, like \"mbox-\""),
            DetectsAnywhere = table.GetBoolean("detect_anywhere", defaultValue: false),
        };
    }

    private static EmailAddress? ReadAddress(ISettings table, string key)
    {
        string text = table.GetString(key, "");
        if (text.Length == 0 || EmailAddress.TryParse(text, out var address))
        {
            return text.Length == 0 ? null : EmailAddress.TryParse(text, out address) ? address : null;
        }

        table.Reject(key, "an address like \"anna@example.org\"");
        return null;
    }

    private static ImmutableArray<T> All<T>(ISettings table, string key, string[] defaults, TryParse<T> parse, string expected)
    {
        var values = ImmutableArray.CreateBuilder<T>();
        var texts = table.GetStrings(key, defaults);
        foreach (string text in texts)
        {
            if (parse(text, out var value))
            {
                values.Add(value!);
            }
        }

        if (values.Count != texts.Count || (texts.Count == 0 && defaults.Length > 0))
        {
            table.Reject(key, expected);
        }

        return values.ToImmutable();
    }

    private static string Checked(ISettings table, string key, Predicate<string> isSound, string expected)
    {
        string text = table.GetString(key, "");
        if (!isSound(text))
        {
            table.Reject(key, expected);
        }

        return text;
    }

    private static bool IsPrefix(string text) =>
        text.Length <= 64 && !text.AsSpan().ContainsAnyExceptInRange('!', '~') && !text.AsSpan().ContainsAny(Specials);

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@');

    private static int DefaultPort(RemoteProtocol protocol, TlsMode tls) => (protocol, tls) switch
    {
        (RemoteProtocol.Pop3, TlsMode.Implicit) => 995,
        (RemoteProtocol.Pop3, _) => 110,
        (_, TlsMode.Implicit) => 993,
        _ => 143,
    };

    private delegate bool TryParse<T>(string text, out T? value);
}
