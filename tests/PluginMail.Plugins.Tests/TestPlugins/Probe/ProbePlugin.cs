using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Probe;

/// <summary>
/// Behaves as its settings say. Its version is the text of version.txt beside its assembly. A test that listens for a version, by data of the
/// process, is told where it is, and holds it there by not coming back.
/// </summary>
public sealed class ProbePlugin : IMailPlugin
{
    private string _dispose = "ok";

    public ProbePlugin()
    {
        Listener.Tell("constructing");
        if (Listener.IsThere)
        {
            NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), static (name, _, _) =>
            {
                Listener.Tell("resolving");
                return 0;
            });
        }
    }

    public async ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        Listener.Tell("starting");
        string version = Listener.Version;
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
            case "made-assembly":
                using (AssemblyLoadContext.GetLoadContext(Assembly.GetExecutingAssembly())!.EnterContextualReflection())
                {
                    AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Made"), AssemblyBuilderAccess.RunAndCollect).DefineDynamicModule("Made");
                }

                break;
            case "streamed-assembly":
                using (var image = File.OpenRead(typeof(IMailPlugin).Assembly.Location))
                {
                    AssemblyLoadContext.GetLoadContext(Assembly.GetExecutingAssembly())!.LoadFromStream(image);
                }

                break;
            case "null":
                return null!;
            case "stranger":
                return [new Stranger()];
            case "reject":
                host.Settings.Reject("start", "something else");
                break;
        }

        switch (host.Settings.GetString("stop", "ok"))
        {
            case "throw":
                host.Stopping.Register(() => throw new ProbeException("stop failed"));
                break;
            case "block":
                host.Stopping.Register(() => new ManualResetEventSlim().Wait(CancellationToken.None));
                break;
        }

        host.Meter.CreateCounter<long>("starts").Add(1);
        if (host.Settings.GetString("schedule", "") is { Length: > 0 } key)
        {
            host.Schedule(TimeSpan.FromMilliseconds(1), async token => await host.State.AddAsync(key, 1, TimeSpan.MaxValue, token));
        }

        Listener.Tell("started");
        var roles = new ProbeRoles(host, host.Settings.GetString("act", "pass"), version);
        return [.. host.Settings.GetStrings("roles", ["message_check"]).Select(roles.Make)];
    }

    public async ValueTask DisposeAsync()
    {
        Listener.Tell("disposing");
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

/// <summary>Something that is not needed before it is called.</summary>
internal static class Native
{
    [DllImport("no-such-library")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory)]
    public static extern int Missing();
}

/// <summary>The test that listens for this version.</summary>
internal static class Listener
{
    public static string Version
    {
        get
        {
            string file = Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "version.txt");
            return File.Exists(file) ? File.ReadAllText(file) : "0";
        }
    }

    public static bool IsThere => Listening is not null;

    private static Action<string>? Listening => AppContext.GetData($"probe {Version}") as Action<string>;

    public static void Tell(string place) => Listening?.Invoke(place);
}

/// <summary>An exception of the plugin's own type, whose text cannot be had.</summary>
internal sealed class ProbeException(string message) : Exception(message)
{
    public override string Message => base.Message.Contains("unspeakable", StringComparison.Ordinal)
        ? throw new InvalidOperationException()
        : base.Message;

    public override string ToString() => new StringBuilder(Message).Append(" at the probe").ToString();
}
