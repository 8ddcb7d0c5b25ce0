using System.Net;

namespace PluginMail.Pipeline.Authentication;

/// <summary>
/// What failed logins cost. Failures are counted by client address (IPv6: by /64; loopback not at all), by name, and by both together.
/// They only ever cost time, and at the most <see cref="SignInOptions.MaximumDelay"/>: nobody can lock an owner out.
/// </summary>
/// <remarks>
/// Failures count together for a window from the first of them; the next one after it begins another.
/// A failure of an address delays all that the address tries next, so that a client that hangs up early learns nothing sooner.
/// A failure of a name delays those who try it, except addresses from which its password was given before.
/// A success takes back the failures of the same address with the same name: those were the owner's typing errors.
/// </remarks>
internal sealed class FailureThrottle(SignInOptions options, TimeProvider clock)
{
    private const int Capacity = 20_000;
    private const int MostDoublings = 20;
    private const int MaximumName = 100;
    private readonly Lock _lock = new();
    private readonly BoundedTable<Key, Entry> _entries = new(Capacity);

    /// <summary>How many entries are kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Whether an address failed so often that its logins are not checked for now.</summary>
    public bool IsBarred(IPAddress? address)
    {
        if (options.FailuresPerAddress == 0 || Network(address) is not { } network)
        {
            return false;
        }

        lock (_lock)
        {
            return Find(new Key(network, "")).Failures >= options.FailuresPerAddress;
        }
    }

    /// <summary>What an attempt of an address has to wait, whatever the name.</summary>
    public TimeSpan DelayOfAddress(IPAddress? address)
    {
        if (Network(address) is not { } network)
        {
            return TimeSpan.Zero;
        }

        lock (_lock)
        {
            return Cost(Find(new Key(network, "")).Failures);
        }
    }

    /// <summary>What an attempt on a name has to wait.</summary>
    public TimeSpan DelayOfLogin(IPAddress? address, string login)
    {
        string name = Name(login);
        lock (_lock)
        {
            return Find(new Key(Origin(address), name)).IsTrusted ? TimeSpan.Zero : Cost(Find(new Key(default, name)).Failures);
        }
    }

    /// <summary>Counts a failure.</summary>
    /// <returns>What the failed attempt has cost in all when it is answered.</returns>
    public TimeSpan Failed(IPAddress? address, string login)
    {
        string name = Name(login);
        lock (_lock)
        {
            int most = Add(new Key(default, name), 1);
            Add(new Key(Origin(address), name), 1);
            if (Network(address) is { } network)
            {
                most = Math.Max(most, Add(new Key(network, ""), 1));
            }

            return Cost(most);
        }
    }

    /// <summary>Counts a success.</summary>
    public void Succeeded(IPAddress? address, string login)
    {
        string name = Name(login);
        var both = new Key(Origin(address), name);
        lock (_lock)
        {
            int own = Find(both).Failures;
            _entries.Set(both, new Entry(0, clock.GetTimestamp(), IsTrusted: true));
            if (own > 0)
            {
                Add(new Key(default, name), -own);
                if (Network(address) is { } network)
                {
                    Add(new Key(network, ""), -own);
                }
            }
        }
    }

    private TimeSpan Cost(int failures)
    {
        if (failures <= 0)
        {
            return TimeSpan.Zero;
        }

        double cost = options.FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, MostDoublings));
        return TimeSpan.FromMilliseconds(Math.Min(cost, options.MaximumDelay.TotalMilliseconds));
    }

    private Entry Find(Key key)
    {
        if (!_entries.TryGet(key, out Entry entry))
        {
            return default;
        }

        return clock.GetElapsedTime(entry.Since) < options.FailureWindow ? entry : entry with { Failures = 0 };
    }

    private int Add(Key key, int failures)
    {
        Entry entry = Find(key);
        int sum = Math.Max(0, entry.Failures + failures);
        if (sum == 0 && !entry.IsTrusted)
        {
            _entries.Remove(key);
        }
        else
        {
            _entries.Set(key, entry with { Failures = sum, Since = entry.Failures > 0 ? entry.Since : clock.GetTimestamp() });
        }

        return sum;
    }

    // What a client sends is not kept at any length; names that begin alike then share their failures, which costs time alone.
    private static string Name(string login) => login.Length <= MaximumName ? login : login[..MaximumName];

    /// <summary>The network that failures are counted for; null where none are.</summary>
    private static UInt128? Network(IPAddress? address) => address is null || IPAddress.IsLoopback(address) ? null : Origin(address);

    private static UInt128 Origin(IPAddress? address) => address is null ? UInt128.One : ClientNetwork.Of(address);

    private readonly record struct Key(UInt128 Network, string Login);

    private readonly record struct Entry(int Failures, long Since, bool IsTrusted);
}
