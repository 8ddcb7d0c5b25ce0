using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Daemons;

/// <summary>Which of several daemons is asked.</summary>
internal enum Balance
{
    /// <summary>The first that answers, in the order of the settings.</summary>
    Failover,

    /// <summary>Each in turn; another where it does not answer.</summary>
    RoundRobin,
}

/// <summary>What the settings say of a group of daemons.</summary>
/// <param name="Addresses">Where they listen.</param>
/// <param name="Balance">Which is asked.</param>
/// <param name="Connections">Requests at once, to all of them.</param>
/// <param name="ConnectTimeout">How long connecting to one may take.</param>
/// <param name="Timeout">How long the answer of one may take.</param>
/// <param name="RetryAfter">How long one that did not answer is passed over.</param>
internal sealed record DaemonOptions(
    ImmutableArray<DaemonAddress> Addresses,
    Balance Balance,
    int Connections,
    TimeSpan ConnectTimeout,
    TimeSpan Timeout,
    TimeSpan RetryAfter)
{
    /// <summary>The key of the addresses.</summary>
    public const string AddressKey = "address";

    /// <summary>How long a request takes at most, whatever happens.</summary>
    public TimeSpan Longest => (2 * Timeout) + (3 * ConnectTimeout);

    /// <summary>Reads them from a plugin's table; what is wrong in it is gathered there.</summary>
    /// <param name="settings">The table.</param>
    /// <param name="defaultAddress">Of <c>address</c>.</param>
    /// <param name="timeoutKey">The key of the answer's time limit.</param>
    /// <param name="defaultTimeout">Its default.</param>
    /// <param name="defaultConnections">Of <c>connections</c>.</param>
    public static DaemonOptions Read(
        ISettings settings, string defaultAddress, string timeoutKey, TimeSpan defaultTimeout, int defaultConnections) =>
        Read(settings, DaemonAddress.Read(settings, AddressKey, defaultAddress), timeoutKey, defaultTimeout, defaultConnections);

    /// <summary>Reads them where addresses have a form of their own.</summary>
    /// <param name="settings">The table.</param>
    /// <param name="addresses">What <c>address</c> has.</param>
    /// <param name="timeoutKey">The key of the answer's time limit.</param>
    /// <param name="defaultTimeout">Its default.</param>
    /// <param name="defaultConnections">Of <c>connections</c>.</param>
    public static DaemonOptions Read(
        ISettings settings, ImmutableArray<DaemonAddress> addresses, string timeoutKey, TimeSpan defaultTimeout, int defaultConnections) => new(
        addresses,
        settings.GetEnum("balance", Balance.Failover),
        (int)settings.GetInteger("connections", defaultConnections, minimum: 1, maximum: 1000),
        ReadTime(settings, "connect_timeout", TimeSpan.FromSeconds(3)),
        ReadTime(settings, timeoutKey, defaultTimeout),
        ReadTime(settings, "retry_after", TimeSpan.FromSeconds(30)));

    private static TimeSpan ReadTime(ISettings settings, string key, TimeSpan defaultValue) =>
        settings.GetDuration(key, defaultValue, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
}
