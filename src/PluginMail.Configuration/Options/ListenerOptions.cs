using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>What a listener speaks.</summary>
public enum ListenerProtocol
{
    /// <summary>SMTP from other servers (RFC 5321).</summary>
    Smtp,

    /// <summary>Submission by users (RFC 6409).</summary>
    Submission,

    /// <summary>LMTP from another mail server (RFC 2033).</summary>
    Lmtp,

    /// <summary>IMAP4rev2 and rev1 (RFC 9051, RFC 3501).</summary>
    Imap,

    /// <summary>POP3 (RFC 1939).</summary>
    Pop3,

    /// <summary>ManageSieve (RFC 5804).</summary>
    Managesieve,

    /// <summary>The HTTP API (RFC 9112, RFC 9113).</summary>
    Http,
}

/// <summary>How a listener comes to TLS.</summary>
public enum ListenerTls
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>By the protocol's command: STARTTLS (RFC 3207, RFC 9051 6.2.1) or STLS (RFC 2595 4).</summary>
    Starttls,

    /// <summary>From the first octet (RFC 8314 3).</summary>
    Implicit,
}

/// <summary>One table <c>[[listeners]]</c>. Without any, those of <see cref="Defaults"/> are listened on.</summary>
public sealed record ListenerOptions
{
    /// <summary><c>protocol</c>: <c>"smtp"</c>, <c>"submission"</c>, <c>"lmtp"</c>, <c>"imap"</c>, <c>"pop3"</c> or <c>"http"</c>. Must be given.</summary>
    public required ListenerProtocol Protocol { get; init; }

    /// <summary><c>address</c>: <c>"127.0.0.1:2525"</c>, <c>"[::1]:2525"</c>, <c>"*:25"</c> (IPv4 and IPv6). Must be given.</summary>
    public required ListenAddress Address { get; init; }

    /// <summary><c>tls</c>: <c>"none"</c>, <c>"starttls"</c> or <c>"implicit"</c>. Default <c>"starttls"</c>, for LMTP <c>"none"</c>, for HTTP <c>"implicit"</c>.</summary>
    public required ListenerTls Tls { get; init; }

    /// <summary>
    /// <c>authentication</c>: whether an SMTP listener offers AUTH (RFC 4954). Default false for <c>smtp</c>. The other protocols leave no
    /// choice: submission, IMAP and POP3 need a login, LMTP has none.
    /// </summary>
    public required bool Authentication { get; init; }

    /// <summary><c>mode</c>: who may connect to a Unix socket, as <c>chmod</c> has it. Default <c>"0600"</c>.</summary>
    public UnixFileMode Mode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The listeners of a file that has none: each protocol on loopback, on ports that need no privilege.</summary>
    public static IReadOnlyList<ListenerOptions> Defaults { get; } =
    [
        Default(ListenerProtocol.Smtp, 2525, ListenerTls.Starttls),
        Default(ListenerProtocol.Submission, 2587, ListenerTls.Starttls),
        Default(ListenerProtocol.Submission, 2465, ListenerTls.Implicit),
        Default(ListenerProtocol.Imap, 2143, ListenerTls.Starttls),
        Default(ListenerProtocol.Imap, 2993, ListenerTls.Implicit),
        Default(ListenerProtocol.Pop3, 2110, ListenerTls.Starttls),
        Default(ListenerProtocol.Pop3, 2995, ListenerTls.Implicit),
    ];

    internal static IReadOnlyList<ListenerOptions> ReadAll(OptionsReader reader)
    {
        if (!reader.Root.Contains("listeners"))
        {
            return Defaults;
        }

        var listeners = new List<(ListenerOptions Options, TomlSettings Table)>();
        foreach (var table in reader.Root.GetTables("listeners"))
        {
            if (Read(table) is not { } listener)
            {
                continue;
            }

            // Port 0 may be taken often; every other address once.
            if (listeners.Find(l => l.Options.Address.Overlaps(listener.Address)) is { Table: not null } earlier)
            {
                table.Reject("address", $"an address that is free; line {earlier.Table.LineOf("address")} listens on {earlier.Options.Address}");
            }

            listeners.Add((listener, table));
        }

        return [.. listeners.Select(static l => l.Options)];
    }

    private static ListenerOptions? Read(TomlSettings table)
    {
        var protocol = ReadProtocol(table);
        var tls = table.GetEnum("tls", protocol switch
        {
            ListenerProtocol.Lmtp => ListenerTls.None,
            ListenerProtocol.Http => ListenerTls.Implicit,
            _ => ListenerTls.Starttls,
        });
        string text = table.GetString("address", "");
        var address = ListenAddress.Parse(text);
        if (address is null)
        {
            table.Reject("address", "an IP address and port like \"127.0.0.1:2525\", \"[::1]:2525\", or \"*:25\" for all addresses");
        }

        CheckHttp(table, protocol, tls, address);
        bool needsLogin = protocol is ListenerProtocol.Submission or ListenerProtocol.Imap or ListenerProtocol.Pop3 or ListenerProtocol.Http;
        bool authentication = table.GetBoolean("authentication", needsLogin);
        if (authentication != needsLogin && protocol != ListenerProtocol.Smtp)
        {
            table.Reject("authentication", needsLogin ? "true: this protocol needs a login" : "false: this protocol has no login");
        }

        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (address?.Path is not null)
        {
            mode = ReadMode(table);
            if (protocol != ListenerProtocol.Lmtp || tls != ListenerTls.None)
            {
                table.Reject("address", "an IP address and port; a Unix socket is for protocol \"lmtp\" without TLS");
            }
        }

        return address is null ? null : new ListenerOptions { Protocol = protocol, Address = address, Tls = tls, Authentication = authentication, Mode = mode };
    }

    private static UnixFileMode ReadMode(TomlSettings table)
    {
        string text = table.GetString("mode", "0600");
        int mode = 0;
        bool isOctal = text.Length is 3 or 4;
        foreach (char digit in text)
        {
            isOctal &= digit is >= '0' and <= '7';
            mode = isOctal ? (mode * 8) + (digit - '0') : 0;
        }

        if (!isOctal || mode > 0x1FF)
        {
            table.Reject("mode", "octal digits like \"0600\" (this user alone) or \"0660\" (its group too)");
            mode = 0;
        }

        return (UnixFileMode)mode;
    }

    // A token is a password: it does not cross a network in plain text.
    private static void CheckHttp(TomlSettings table, ListenerProtocol protocol, ListenerTls tls, ListenAddress? address)
    {
        if (protocol == ListenerProtocol.Http && tls == ListenerTls.Starttls)
        {
            table.Reject("tls", "\"implicit\" or, on loopback, \"none\": HTTP has no STARTTLS");
        }
        else if (protocol == ListenerProtocol.Http && tls == ListenerTls.None && address is { IsLoopback: false })
        {
            table.Reject("tls", "\"implicit\": tokens would cross the network in plain text");
        }
    }

    private static ListenerProtocol ReadProtocol(TomlSettings table)
    {
        string[] served = [.. EnumNames.All<ListenerProtocol>().Except(["managesieve"])];
        bool isKnown = EnumNames.TryRead(table.GetString("protocol", ""), out ListenerProtocol protocol);
        if (!isKnown)
        {
            table.RejectChoice("protocol", served);
        }
        else if (protocol is ListenerProtocol.Managesieve)
        {
            string expected = "one of " + string.Join(", ", served.Select(static s => $"\"{s}\""));
            table.RejectUnsupported("protocol", $"a listener for {EnumNames.Write(protocol.ToString())}", expected);
        }

        return protocol;
    }

    private static ListenerOptions Default(ListenerProtocol protocol, int port, ListenerTls tls) => new()
    {
        Protocol = protocol,
        Address = new ListenAddress(System.Net.IPAddress.Loopback, port, IsDualStack: false),
        Tls = tls,
        Authentication = protocol != ListenerProtocol.Smtp,
    };
}
