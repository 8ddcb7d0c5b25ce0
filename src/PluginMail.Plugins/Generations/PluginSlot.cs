using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Generations;

/// <summary>A plugin that mail.toml names: its serving version, which may change at any time, and what is counted across versions.</summary>
internal sealed class PluginSlot(string name, TimeProvider clock, ILogger log, TimeSpan blockingThreshold, IAdministratorAlerts? alerts = null)
{
    private static readonly TimeSpan FaultLogInterval = TimeSpan.FromSeconds(10);

    private readonly long _blockingThreshold = (long)blockingThreshold.TotalMilliseconds;
    private readonly List<LoadedCode> _loaded = [];
    private Generation? _current;
    private long _calls;
    private long _faults;
    private long _timeouts;
    private long _silent;
    private long _skipped;
    private long _sampled;
    private long _allocated;
    private long _loggedAt;

    public string Name { get; } = name;

    public TimeProvider Clock { get; } = clock;

    public ILogger Log { get; } = log;

    public CallTokens Tokens { get; } = new();

    public long Calls => Interlocked.Read(ref _calls);

    public long Faults => Interlocked.Read(ref _faults);

    public long Timeouts => Interlocked.Read(ref _timeouts);

    /// <summary>Calls that were not made because their role was switched off.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>What a call allocates up to its first await, in the mean of those that were measured; null where none was.</summary>
    public long? OctetsPerCall => Interlocked.Read(ref _sampled) is > 0 and var calls ? Interlocked.Read(ref _allocated) / calls : null;

    public string? LastFault { get; private set; }

    /// <summary>Why the last attempt to load a version failed; null where it did not.</summary>
    public string? LastError { get; set; }

    /// <summary>The hash of the folder that failed, so that it is not tried again and again.</summary>
    public string? FailedHash { get; set; }

    /// <summary>Whether it failed because it looks as if somebody were still writing it.</summary>
    public bool IsUnfinished { get; set; }

    /// <summary>How often in a row its folder, or its script, could not be read after a change.</summary>
    public int FailedLooks { get; set; }

    /// <summary>What was said of that in <see cref="LastError"/>; null where it was not, or can be read again.</summary>
    public string? LookError { get; set; }

    /// <summary>The files that it was last made of, where it is a script: they are watched.</summary>
    public ImmutableArray<string> Files { get; set; } = [];

    /// <summary>How the unloading of the last retired version went.</summary>
    public string? LastUnload { get; set; }

    /// <summary>The serving version, to be looked at and not to be called; null where none serves.</summary>
    public Generation? Current => Volatile.Read(ref _current);

    /// <summary>How many versions are in memory: the serving one, those that are drained, those that nobody collected yet or that leak.</summary>
    public int VersionsInMemory
    {
        get
        {
            lock (_loaded)
            {
                _loaded.RemoveAll(code => !code.IsInMemory);
                return _loaded.Count;
            }
        }
    }

    /// <summary>Octets of the assemblies of all versions in memory.</summary>
    public long CodeOctets
    {
        get
        {
            lock (_loaded)
            {
                return _loaded.Where(code => code.IsInMemory).Sum(code => code.Octets);
            }
        }
    }

    /// <summary>Counts a version from now on until it leaves memory.</summary>
    public void Count(LoadedCode code)
    {
        lock (_loaded)
        {
            _loaded.Add(code);
        }
    }

    /// <summary>Leases the serving version.</summary>
    /// <returns>The version, to be given back by <see cref="Generation.Exit"/>; null where none serves.</returns>
    public Generation? Enter()
    {
        while (Volatile.Read(ref _current) is { } generation)
        {
            // Failing means that it has just been replaced: the next look finds its successor.
            if (generation.TryEnter())
            {
                return generation;
            }
        }

        return null;
    }

    /// <summary>Leases the version that remembers a session; the serving one where none does.</summary>
    /// <param name="session">The session; null where the call belongs to none.</param>
    /// <returns>The version, to be given back by <see cref="Generation.Exit"/>; null where none serves.</returns>
    public Generation? Enter(ISessionView? session)
    {
        if (session is ILeasedSession { Leases: { IsEmpty: false } leases })
        {
            foreach (var lease in leases)
            {
                if ((lease as SessionCheckLease)?.Enter(this) is { } generation)
                {
                    return generation;
                }
            }
        }

        return Enter();
    }

    /// <summary>Puts another version, or none, in place.</summary>
    /// <returns>The one that served.</returns>
    public Generation? Swap(Generation? generation) => Interlocked.Exchange(ref _current, generation);

    public void RecordCall() => Interlocked.Increment(ref _calls);

    public void RecordSkipped() => Interlocked.Increment(ref _skipped);

    /// <summary>Takes note of what a call allocated up to its first await.</summary>
    public void RecordAllocation(long octets)
    {
        Interlocked.Increment(ref _sampled);
        Interlocked.Add(ref _allocated, octets);
    }

    /// <summary>A call ended well.</summary>
    public void Judge(Breaker breaker, int trial, string role)
    {
        if (breaker.Succeeded(trial))
        {
            PluginsLog.SwitchedOn(Log, Name, role);
        }
    }

    /// <summary>A call ended by a fault: says so where that switched the role off.</summary>
    public void Judge(Breaker breaker, int trial, string role, OnFault onFault, string fault)
    {
        bool wasOpen = breaker.IsOpen;
        if (breaker.Faulted(trial) is not { } pause)
        {
            return;
        }

        PluginsLog.SwitchedOff(Log, Name, role, breaker.Faults, (long)pause.TotalSeconds, onFault, fault);
        if (!wasOpen)
        {
            alerts?.Raise(
                $"plugin/{Name}",
                $"Plugin {Name} is switched off: its {role} fails",
                $"After {breaker.Faults} faults in a row the {role} of plugin {Name} is not called any more; each message gets what its on_fault says " +
                $"({onFault}). It is tried again after {(long)pause.TotalSeconds} seconds, then after longer and longer pauses up to ten minutes, " +
                $"and at once after a reload.\n\nThe last fault: {fault}\n\nSee: pluginmail plugin list");
        }
    }

    /// <summary>Counts a fault, and logs it unless one was logged just before.</summary>
    public void RecordFault(string text, LoggedFault? trace, bool isTimeout)
    {
        Interlocked.Increment(ref _faults);
        if (isTimeout)
        {
            Interlocked.Increment(ref _timeouts);
        }

        LastFault = text;
        long now = Clock.GetTimestamp();
        long last = Interlocked.Read(ref _loggedAt);
        bool due = last == 0 || Clock.GetElapsedTime(last, now) >= FaultLogInterval;
        if (due && Interlocked.CompareExchange(ref _loggedAt, now, last) == last)
        {
            PluginsLog.Fault(Log, Name, text, Interlocked.Exchange(ref _silent, 0), trace);
        }
        else
        {
            Interlocked.Increment(ref _silent);
        }
    }

    /// <summary>A call begins on the session's own thread.</summary>
    /// <param name="hosted">The role.</param>
    /// <param name="now">Coarse milliseconds.</param>
    /// <param name="role">The role in words.</param>
    /// <returns>Whether another call of the role was just found to hold its thread: this one is to begin elsewhere.</returns>
    public bool EnterInline<TRole>(HostedRole<TRole> hosted, long now, string role)
        where TRole : class
    {
        long stuck = hosted.EnterInline(now, _blockingThreshold);
        if (stuck == 0)
        {
            return false;
        }

        PluginsLog.Blocks(Log, Name, role, stuck);
        return true;
    }

    /// <summary>Takes note of how long a call held its thread.</summary>
    /// <param name="hosted">The role.</param>
    /// <param name="milliseconds">How long its synchronous part took.</param>
    /// <param name="role">The role in words.</param>
    public void Judge<TRole>(HostedRole<TRole> hosted, long milliseconds, string role)
        where TRole : class
    {
        if (hosted.Judge(milliseconds, _blockingThreshold))
        {
            PluginsLog.Blocks(Log, Name, role, milliseconds);
        }
    }
}
