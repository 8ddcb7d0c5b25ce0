using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Configuration;
using PluginMail.Configuration.Settings;

namespace PluginMail.Testing;

/// <summary>The host that a plugin under test is started with. Not a server: nothing is contained, so that a fault is seen.</summary>
public sealed class TestHost : IPluginHost, IAsyncDisposable
{
    private readonly TomlSettings _settings;
    private readonly Meter _meter;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<(TimeSpan Period, Func<CancellationToken, ValueTask> Work, DateTimeOffset[] Due)> _scheduled = [];
    private readonly List<string> _log = [];
    private readonly Lock _lock = new();
    private string? _dataFolder;
    private IMailPlugin? _plugin;

    /// <summary>Makes a host.</summary>
    /// <param name="settings">The keys of the plugin's table in TOML, without its header; tables in it are written in full: <c>[plugins.NAME.sub]</c>.</param>
    /// <param name="name">The plugin's name in mail.toml.</param>
    /// <exception cref="ArgumentException">The text is no TOML, or a key of the server has no possible value.</exception>
    public TestHost(string settings = "", string name = "plugin")
    {
        string text = $"[plugins]\norder = [\"{name}\"]\n[plugins.{name}]\n{settings}\n";
        var result = ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), "mail.toml");
        if (!result.IsUsable)
        {
            throw new ArgumentException(string.Join('\n', result.Errors), nameof(settings));
        }

        Name = name;
        _settings = result.Options.Plugins.Order[0].OpenSettings();
        _meter = new Meter($"plugins.{name}");
        State = new TestState(Clock);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ISettings Settings => _settings;

    /// <summary>The clock; it stands until <see cref="AdvanceAsync"/>.</summary>
    public TestClock Clock { get; } = new();

    /// <inheritdoc/>
    TimeProvider IPluginHost.Clock => Clock;

    /// <summary>The state, in memory.</summary>
    public TestState State { get; }

    /// <inheritdoc/>
    IStateStore IPluginHost.State => State;

    /// <summary>What the plugin submits.</summary>
    public TestSubmission Submission { get; } = new();

    /// <inheritdoc/>
    ISubmission IPluginHost.Submission => Submission;

    /// <summary>The table that answers the plugin's questions.</summary>
    public TestDns Dns { get; } = new();

    /// <inheritdoc/>
    IDnsResolver IPluginHost.Dns => Dns;

    /// <summary>What senders' domains say.</summary>
    public TestSenderPolicy SenderPolicy { get; } = new();

    /// <inheritdoc/>
    ISenderPolicy IPluginHost.SenderPolicy => SenderPolicy;

    /// <summary>A temporary folder, removed with the host.</summary>
    public string DataFolder => _dataFolder ??= Directory.CreateTempSubdirectory("plugin-test-").FullName;

    /// <inheritdoc/>
    public Meter Meter => _meter;

    /// <inheritdoc/>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The roles that the plugin returned.</summary>
    public IReadOnlyCollection<IMailRole> Roles { get; private set; } = [];

    /// <summary>What is wrong with the table, unknown keys included, as the server would say it; look after the start. Empty where all is well.</summary>
    public IReadOnlyList<string> SettingsProblems
    {
        get
        {
            _settings.ReportUnknownKeys();
            return [.. _settings.Findings.Select(finding => finding.ToString()).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>Lines that were logged, as <c>Warning category: text</c>.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_lock)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>Starts the plugin; it is disposed with this host.</summary>
    /// <param name="plugin">The plugin.</param>
    /// <param name="cancellationToken">Given to the plugin.</param>
    /// <returns>Its roles.</returns>
    public async ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IMailPlugin plugin, CancellationToken cancellationToken = default)
    {
        _plugin = plugin;
        return Roles = await plugin.StartAsync(this, cancellationToken);
    }

    /// <summary>The one role of a kind.</summary>
    /// <typeparam name="TRole">The kind.</typeparam>
    /// <returns>The role.</returns>
    /// <exception cref="InvalidOperationException">There is none, or there are several.</exception>
    public TRole Role<TRole>()
        where TRole : IMailRole => Roles.OfType<TRole>().Single();

    /// <inheritdoc/>
    public ILogger CreateLogger(string category) => new Logger(this, category);

    /// <inheritdoc/>
    public void Schedule(TimeSpan period, Func<CancellationToken, ValueTask> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.FromMilliseconds(1));
        lock (_lock)
        {
            _scheduled.Add((period, work, [After(Clock.GetUtcNow(), period)]));
        }
    }

    /// <summary>Moves the clock, and does scheduled work as often as it falls due meanwhile, one after another.</summary>
    /// <param name="by">How far.</param>
    /// <returns>Completes when the work has ended.</returns>
    public async ValueTask AdvanceAsync(TimeSpan by)
    {
        var end = Clock.GetUtcNow() + by;
        while (true)
        {
            (TimeSpan Period, Func<CancellationToken, ValueTask> Work, DateTimeOffset[] Due)[] due;
            lock (_lock)
            {
                due = [.. _scheduled.Where(work => work.Due[0] <= end).OrderBy(work => work.Due[0]).Take(1)];
            }

            if (due is not [var next])
            {
                break;
            }

            Clock.Advance(next.Due[0] > Clock.GetUtcNow() ? next.Due[0] - Clock.GetUtcNow() : TimeSpan.Zero);
            next.Due[0] = After(next.Due[0], next.Period);
            await next.Work(Stopping);
        }

        Clock.Advance(end > Clock.GetUtcNow() ? end - Clock.GetUtcNow() : TimeSpan.Zero);
    }

    /// <summary>Retires the plugin as the server does: stops it, disposes it.</summary>
    /// <returns>Completes when it is disposed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_plugin is not null)
        {
            await _plugin.DisposeAsync();
        }

        _meter.Dispose();
        _stopping.Dispose();
        if (_dataFolder is not null)
        {
            Directory.Delete(_dataFolder, recursive: true);
        }
    }

    /// <summary>When a period is over that may be longer than time itself.</summary>
    private static DateTimeOffset After(DateTimeOffset time, TimeSpan period) =>
        period < DateTimeOffset.MaxValue - time ? time + period : DateTimeOffset.MaxValue;

    private sealed class Logger(TestHost host, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (host._lock)
            {
                host._log.Add($"{logLevel} {category}: {formatter(state, exception)}");
            }
        }
    }
}
