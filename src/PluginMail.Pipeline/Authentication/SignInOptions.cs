namespace PluginMail.Pipeline;

/// <summary>How logins are checked: table <c>[authentication]</c> of mail.toml.</summary>
public sealed record SignInOptions
{
    /// <summary>The domain of a login that is a bare name; empty: a bare name is no login.</summary>
    public string DefaultDomain { get; init; } = "";

    /// <summary>The SASL mechanisms that may be used, in any order; names that this server does not know are passed over.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"];

    /// <summary>Whether passwords may be sent under TLS only (RFC 8314 section 3).</summary>
    public bool RequiresTls { get; init; } = true;

    /// <summary>Rounds of PBKDF2 that accounts are made with, so that the check of a name that nobody has costs the same.</summary>
    public int Iterations { get; init; } = 32_768;

    /// <summary>
    /// The secret that the salts shown for unknown names are derived from. Keep it with the server's data, so that such salts survive a
    /// restart as real ones do; empty: a random one for this process.
    /// </summary>
    public ReadOnlyMemory<byte> DecoyKey { get; init; }

    /// <summary>The most verified logins remembered; 0 is none.</summary>
    public int LoginCache { get; init; } = 10_000;

    /// <summary>How long a verified login is remembered.</summary>
    public TimeSpan LoginCacheTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Password checks that run at the same time; each keeps a processor busy.</summary>
    public int ConcurrentChecks { get; init; } = Environment.ProcessorCount;

    /// <summary>Password checks that may wait for their turn; more are answered with <see cref="SignInStatus.Unavailable"/>.</summary>
    public int WaitingChecks { get; init; } = 1000;

    /// <summary>What the first failure costs; each further one costs twice as much. Zero: failures are not slowed down.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The most that a failure costs.</summary>
    public TimeSpan MaximumDelay { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long failures count, from the first of them.</summary>
    public TimeSpan FailureWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Failures of one client address within <see cref="FailureWindow"/> after which its logins are not checked any more; 0 is no limit.
    /// Loopback is exempt.
    /// </summary>
    public int FailuresPerAddress { get; init; }
}
