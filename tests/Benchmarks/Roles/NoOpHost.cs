using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;
using PluginMail.Pipeline;
using PluginMail.Plugins;

namespace PluginMail.Benchmarks.Roles;

/// <summary>The real plugin host with the no-op plugin as the build laid it out.</summary>
internal sealed class NoOpHost : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pluginmail-bench-");
    private readonly PluginHost _host;

    private NoOpHost() => _host = new PluginHost(
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

    /// <summary>Loads and starts the plugin, as mail.toml would have it.</summary>
    public static async Task<NoOpHost> StartAsync()
    {
        MailServerOptions options = ConfigurationFile.Parse("[plugins]\norder = [\"noop\"]\n"u8, "mail.toml").Options!;
        var host = new NoOpHost();
        var errors = await host._host.ApplyAsync(
            new PluginSet([.. options.Plugins.Order.Select(entry =>
                new PluginSettings(entry.Name, entry.OpenSettings, _ => [], entry.Fingerprint)
                {
                    TimeLimit = entry.TimeLimit, Concurrency = entry.Concurrency,
                })]),
            default);
        return errors.Count == 0 ? host : throw new InvalidOperationException(string.Join(Environment.NewLine, errors));
    }

    /// <summary>Replaces the plugin by a new version of the same content.</summary>
    public async Task ReloadAsync()
    {
        if (await _host.ReloadAsync("noop", CancellationToken.None) is { } problem)
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
