using System.Collections.Immutable;
using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Scripts;

/// <summary>The server's plugin host with scripts in a folder of their own.</summary>
internal sealed class ScriptBench : IAsyncDisposable
{
    public ScriptBench(Func<PluginHostOptions, PluginHostOptions>? configure = null, string? cache = null) =>
        Plugins = new PluginBench(options => configure?.Invoke(With(options, cache)) ?? With(options, cache));

    public PluginBench Plugins { get; }

    public PluginHost Host => Plugins.Host;

    public string Folder { get; } = Directory.CreateTempSubdirectory("scripts-").FullName;

    /// <summary>A script that ships with the server.</summary>
    public static string Shipped(string name) => Path.Combine(Root(), "scripts", name + ".csx");

    /// <summary>Writes a script, or another file beside it.</summary>
    public string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true); // nobody sees it half written
        return path;
    }

    /// <summary>Writes a script and runs it as the only one.</summary>
    public Task<IReadOnlyList<string>> RunAsync(string text, params ReadOnlySpan<(string Key, object Value)> settings) =>
        ApplyAsync(Write("tag.csx", text), settings);

    public Task<IReadOnlyList<string>> ApplyAsync(string path, params ReadOnlySpan<(string Key, object Value)> settings) =>
        Plugins.ApplyAsync(Settings(path, settings));

    public static PluginSettings Settings(string path, params ReadOnlySpan<(string Key, object Value)> settings) =>
        DictionarySettings.For(Path.GetFileNameWithoutExtension(path), settings) with { Script = path };

    public PluginStatus Status(string name = "tag") => Plugins.Status(name);

    /// <summary>Asks the only message check.</summary>
    public async Task<RoleAnswer<Verdict>> CheckAsync(IMessageView? message = null) =>
        await Assert.Single(Host.Current.MessageChecks).AskAsync(message ?? FakeMessage.Plain, CancellationToken.None);

    /// <summary>Asks the only editor.</summary>
    public async Task<RoleAnswer<Verdict>> EditAsync(IMessageView message) =>
        await Assert.Single(Host.Current.MessageEditors).AskAsync(message, CancellationToken.None);

    /// <summary>A message as the pipeline shows it to plugins.</summary>
    public static IMessageView Message(
        string text, Direction direction = Direction.Incoming, string? from = "a@elsewhere.test", params ReadOnlySpan<string> to)
    {
        var content = new MemoryContent(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));
        ImmutableArray<EmailAddress> recipients = to.IsEmpty ? [Address("b@example.org")] : [.. to.ToArray().Select(Address)];
        return new DeliveryRequest(
            "t1",
            new FakeSession { Direction = direction },
            MailMessage.Scan(content),
            new Envelope(from is null ? null : Address(from), recipients),
            direction,
            IsJunk: false,
            HoldReason: null,
            IdempotencyKey: null,
            new DecisionTrace("t1", DateTimeOffset.UnixEpoch)).View;
    }

    public static EmailAddress Address(string text) => EmailAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text);

    /// <summary>A question at a stage of a session from some address.</summary>
    public static SessionCheckContext Question(SessionStages stage, string hello, string client) =>
        new(stage, new Client(hello, new IPEndPoint(IPAddress.Parse(client), 1025)));

    public async ValueTask DisposeAsync()
    {
        await Plugins.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static PluginHostOptions With(PluginHostOptions options, string? cache) => options with { ScriptCache = cache };

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PluginMail.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("not inside the repository");
    }

    private sealed class Client(string hello, IPEndPoint remote) : ISessionView
    {
        public string Id => "s1";

        public string Protocol => "smtp";

        public IPEndPoint? RemoteEndPoint => remote;

        public IPEndPoint? LocalEndPoint => null;

        public string? HelloName => hello;

        public bool IsEncrypted => false;

        public EmailAddress? Authenticated => null;

        public Direction Direction => Direction.Incoming;
    }
}
