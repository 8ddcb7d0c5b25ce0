using System.Reflection;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Probe;

/// <summary>Behaves as its settings say. Its version is the text of version.txt beside its assembly.</summary>
public sealed class ProbePlugin : IMailPlugin
{
    private string _dispose = "ok";

    public async ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!;
        string file = Path.Combine(folder, "version.txt");
        string version = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken) : "0";
        _dispose = host.Settings.GetString("dispose", "ok");
        switch (version == "broken" ? "throw" : host.Settings.GetString("start", "ok"))
        {
            case "throw":
                throw new ProbeException("start failed");
            case "hang":
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                break;
            case "block":
                new ManualResetEventSlim().Wait(CancellationToken.None);
                break;
            case "null":
                return null!;
            case "stranger":
                return [new Stranger()];
            case "reject":
                host.Settings.Reject("start", "something else");
                break;
        }

        host.Meter.CreateCounter<long>("starts").Add(1);
        if (host.Settings.GetString("schedule", "") is { Length: > 0 } key)
        {
            host.Schedule(TimeSpan.FromMilliseconds(1), async token => await host.State.AddAsync(key, 1, TimeSpan.MaxValue, token));
        }

        var roles = new ProbeRoles(host, host.Settings.GetString("act", "pass"), version);
        return [.. host.Settings.GetStrings("roles", ["message_check"]).Select(roles.Make)];
    }

    public async ValueTask DisposeAsync()
    {
        switch (_dispose)
        {
            case "throw":
                throw new ProbeException("dispose failed");
            case "hang":
                await Task.Delay(Timeout.Infinite);
                break;
            case "block":
                new ManualResetEventSlim().Wait();
                break;
        }
    }

    private sealed class Stranger : IMailRole;
}

/// <summary>An exception of the plugin's own type, whose text cannot be had.</summary>
internal sealed class ProbeException(string message) : Exception(message)
{
    public override string Message => base.Message.Contains("unspeakable", StringComparison.Ordinal)
        ? throw new InvalidOperationException()
        : base.Message;

    public override string ToString() => new StringBuilder(Message).Append(" at the probe").ToString();
}
