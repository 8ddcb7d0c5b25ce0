using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;
using PluginMail.Pipeline;
using PluginMail.Plugins;

namespace PluginMail.Benchmarks.Roles;

/// <summary>The real plugin host with plugins as the build laid them out.</summary>
internal sealed class BenchedPlugins : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pluginmail-bench-");
    private readonly PluginHost _host;

    private BenchedPlugins() => _host = new PluginHost(
        new PluginHostOptions(
            Path.Combine(_folder.FullName, "installed"),
            Path.Combine(AppContext.BaseDirectory, "plugins"),
            Path.Combine(_folder.FullName, "shadow"))
        {
            // A busy machine may hold any thread up for longer than the usual 50 ms, and the plugin would run on workers from then on.
            BlockingThreshold = TimeSpan.FromSeconds(10),
        },
        new PluginHostServices(
            TimeProvider.System, NullLoggerFactory.Instance, NoServices.Instance, NoServices.Instance, _ => NoServices.Instance));

    public IRoleCatalog Catalog => _host;

    public string Folder => _folder.FullName;

    /// <summary>Loads and starts the no-op plugin.</summary>
    public static Task<BenchedPlugins> StartNoOpAsync() => StartAsync("order = [\"noop\"]");

    /// <summary>Loads and starts plugins, as mail.toml's table has them.</summary>
    /// <param name="table">What stands in [plugins].</param>
    public static async Task<BenchedPlugins> StartAsync(string table)
    {
        MailServerOptions options = ConfigurationFile.Parse(Encoding.UTF8.GetBytes($"[plugins]\n{table}\n"), "mail.toml").Options!;
        var host = new BenchedPlugins();
        var errors = await host._host.ApplyAsync(
            new PluginSet([.. options.Plugins.Order.Select(entry =>
                new PluginSettings(entry.Name, entry.OpenSettings, _ => [], entry.Fingerprint)
                {
                    OnFault = (OnFault)entry.OnFault,
                    TimeLimit = entry.TimeLimit,
                    Concurrency = entry.Concurrency,
                    FaultLimit = entry.FaultLimit,
                    FaultPause = entry.FaultPause,
                })]),
            default);
        return errors.Count == 0 ? host : throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }

    /// <summary>Replaces a plugin by a new version of the same content.</summary>
    public async Task ReloadAsync(string plugin)
    {
        if (await _host.ReloadAsync(plugin, CancellationToken.None) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
