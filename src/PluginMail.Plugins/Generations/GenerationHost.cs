using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Plugins.Generations;

/// <summary>What the server offers to one version of a plugin. Everything in it ends with that version.</summary>
internal sealed class GenerationHost : IPluginHost, IDisposable
{
    private readonly PluginHostServices _services;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _log;
    private readonly Lazy<string> _dataFolder;

    public GenerationHost(string name, ISettings settings, PluginHostServices services, PluginHostOptions options)
    {
        _services = services;
        _log = services.Loggers.CreateLogger($"plugins.{name}");
        Name = name;
        Settings = settings;
        string key = name.ToLowerInvariant(); // how `order` spells it is a matter of taste: what a plugin keeps must not hang on that
        State = services.State(key);
        Submission = new PluginSubmission(key, services.Submission);
        Meter = new Meter(new MeterOptions($"plugins.{name}") { Tags = [new("plugin", name)] });
        Stopping = _stopping.Token;
        Background = new BackgroundWork(name, services.Clock, _log, options.RestartPause);
        _dataFolder = new Lazy<string>(() => options.DataFolder(name));
    }

    /// <summary>Background services and scheduled work.</summary>
    public BackgroundWork Background { get; }

    public string Name { get; }

    public string Hostname => _services.Hostname();

    public ISettings Settings { get; }

    public TimeProvider Clock => _services.Clock;

    public string DataFolder => _dataFolder.Value;

    public IStateStore State { get; }

    public ISubmission Submission { get; }

    public IDnsResolver Dns => _services.Dns;

    public ISenderPolicy SenderPolicy => _services.SenderPolicy;

    public Meter Meter { get; }

    public CancellationToken Stopping { get; }

    public ILogger CreateLogger(string category) =>
        new PluginLogger(category.Length == 0 ? _log : _services.Loggers.CreateLogger($"plugins.{Name}.{category}"));

    public void Schedule(TimeSpan period, Func<CancellationToken, ValueTask> work) => Background.Schedule(period, work);

    /// <summary>Tells the plugin that it retires.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    public void Dispose()
    {
        Meter.Dispose();
        Background.Dispose();
        _stopping.Dispose();
    }
}
