namespace PluginMail.Configuration.Options;

/// <summary>Table <c>[authentication]</c>.</summary>
public sealed record AuthenticationOptions
{
    private static readonly string[] Known = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"];

    /// <summary><c>default_domain</c>: added to a login that has none. Default empty: such a login is refused.</summary>
    public string DefaultDomain { get; init; } = "";

    /// <summary>
    /// <c>mechanisms</c>: the SASL mechanisms offered, best first: SCRAM-SHA-256-PLUS and SCRAM-SHA-256 (RFC 7677), PLAIN (RFC 4616) and LOGIN.
    /// Default: all four.
    /// </summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = Known;

    /// <summary><c>require_tls</c>: passwords only under TLS (RFC 8314 3). Default true; false is for tests on loopback.</summary>
    public bool RequireTls { get; init; } = true;

    /// <summary><c>iterations</c>: PBKDF2 rounds of new SCRAM verifiers, from 4096 (RFC 7677 4) to 10 million. Default 32768.</summary>
    public int Iterations { get; init; } = 32_768;

    /// <summary><c>login_cache</c>: verified logins remembered, so that a client's next session need not pay the rounds again; 0 none. Default 10000.</summary>
    public int LoginCache { get; init; } = 10_000;

    /// <summary><c>login_cache_time</c>: how long a verified login is remembered, up to a day. Default <c>"5m"</c>.</summary>
    public TimeSpan LoginCacheTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary><c>failure_delay</c>: what the first failed login of an address costs in time; each further one twice as much; 0 nothing. Default <c>"500ms"</c>.</summary>
    public TimeSpan FailureDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary><c>failure_delay_maximum</c>: the most that a failed login costs, up to a minute. Default <c>"8s"</c>.</summary>
    public TimeSpan FailureDelayMaximum { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// <c>failures_per_address</c>: failed logins of one address within <see cref="FailureWindow"/> after which its logins are refused;
    /// 0 no limit; loopback is exempt. Default 100.
    /// </summary>
    public int FailuresPerAddress { get; init; } = 100;

    /// <summary><c>failure_window</c>: how long a failed login counts, up to a day. Default <c>"10m"</c>.</summary>
    public TimeSpan FailureWindow { get; init; } = TimeSpan.FromMinutes(10);

    internal static AuthenticationOptions Read(OptionsReader reader)
    {
        var table = reader.Root.GetTable("authentication");
        var defaults = new AuthenticationOptions();
        var day = TimeSpan.FromDays(1);
        var minute = TimeSpan.FromMinutes(1);
        string domain = table.GetString("default_domain", defaults.DefaultDomain);
        if (domain.Length > 0 && !DomainSyntax.IsDomain(domain))
        {
            table.Reject("default_domain", "a domain like \"example.org\"");
        }

        return new AuthenticationOptions
        {
            DefaultDomain = domain,
            Mechanisms = ReadMechanisms(table, defaults),
            RequireTls = table.GetBoolean("require_tls", defaults.RequireTls),
            Iterations = (int)table.GetInteger("iterations", defaults.Iterations, 4096, 10_000_000),
            LoginCache = (int)table.GetInteger("login_cache", defaults.LoginCache, 0, 1_000_000),
            LoginCacheTime = table.GetDuration("login_cache_time", defaults.LoginCacheTime, TimeSpan.FromSeconds(1), day),
            FailureDelay = table.GetDuration("failure_delay", defaults.FailureDelay, TimeSpan.Zero, minute),
            FailureDelayMaximum = table.GetDuration("failure_delay_maximum", defaults.FailureDelayMaximum, TimeSpan.Zero, minute),
            FailuresPerAddress = (int)table.GetInteger("failures_per_address", defaults.FailuresPerAddress, 0, 1_000_000),
            FailureWindow = table.GetDuration("failure_window", defaults.FailureWindow, TimeSpan.FromSeconds(1), day),
        };
    }

    private static string[] ReadMechanisms(Settings.TomlSettings table, AuthenticationOptions defaults)
    {
        var mechanisms = table.GetStrings("mechanisms", defaults.Mechanisms);
        if (mechanisms.Count == 0 && table.Contains("mechanisms"))
        {
            table.Reject("mechanisms", "at least one mechanism");
        }

        for (int i = 0; i < mechanisms.Count; i++)
        {
            if (!Known.Contains(mechanisms[i], StringComparer.OrdinalIgnoreCase))
            {
                table.RejectItem("mechanisms", i, "one of " + string.Join(", ", Known.Select(static k => $"\"{k}\"")));
            }
            else if (mechanisms.Take(i).Contains(mechanisms[i], StringComparer.OrdinalIgnoreCase))
            {
                table.RejectItem("mechanisms", i, "each mechanism once");
            }
        }

        return [.. mechanisms.Select(static m => m.ToUpperInvariant())];
    }
}
