using System.Runtime.CompilerServices;
using PluginMail.Abstractions;
using PluginMail.Plugins.Loading;
using PluginMail.Plugins.Roles;
using PluginMail.Plugins.Scripts;

namespace PluginMail.Plugins.Generations;

/// <summary>One loaded version of a plugin. Calls and sessions lease it; once retired it takes no more, and ends when the last is given back.</summary>
internal sealed class Generation
{
    private const long Retired = long.MinValue;
    private const int MostWorkers = 64;

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _leases;
    private volatile bool _isClosed;
    private PluginLoadContext? _context;
    private IMailPlugin? _plugin;
    private GenerationHost? _host;

    public Generation(
        int number, string version, PluginFolder folder, PluginFolder copy, string hash, PluginSettings settings, PluginLoadContext context)
    {
        Copy = copy;
        Number = number;
        Version = version;
        Folder = folder;
        Hash = hash;
        Settings = settings;
        Workers = MakeWorkers();
        _context = context;
        Memory = new WeakReference(context, trackResurrection: true);
        Code = new LoadedCode(context);
    }

    public int Number { get; }

    public string Version { get; }

    /// <summary>Where it came from, not the copy that is loaded.</summary>
    public PluginFolder Folder { get; }

    /// <summary>The copy that is loaded; removed when the version has left memory.</summary>
    public PluginFolder Copy { get; }

    public string Hash { get; }

    public PluginSettings Settings { get; }

    /// <summary>Threads for commands and for stopping; each role has its own.</summary>
    public Workers Workers { get; }

    /// <summary>Alive as long as the version is in memory. Asking for its target would keep it there.</summary>
    public WeakReference Memory { get; }

    /// <summary>How much code it has loaded.</summary>
    public LoadedCode Code { get; }

    public RoleTable Roles { get; private set; } = RoleTable.Empty;

    /// <summary>Whether it was stopped, maybe under sessions that still lease it.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Where exceptions go that nobody awaits, as those of <c>async void</c> on the plugin's threads.</summary>
    public Action<Exception> Faulted { get; init; } = static _ => { };

    /// <summary>Leases this version.</summary>
    /// <returns>False where it is retired.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _leases) > 0)
        {
            return true;
        }

        Exit();
        return false;
    }

    /// <summary>Leases it once more, for someone who leases it already.</summary>
    public void EnterAgain() => Interlocked.Increment(ref _leases);

    /// <summary>Gives a lease back.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _leases) == Retired)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Takes no more leases.</summary>
    /// <returns>Completes when the last is given back.</returns>
    public Task Retire()
    {
        if (Interlocked.Or(ref _leases, Retired) == 0)
        {
            _drained.TrySetResult();
        }

        return _drained.Task;
    }

    /// <summary>
    /// Makes the plugin's object and starts it. Runs plugin code, which may block: to be called on a thread of its own. Where that ends only after
    /// this version was closed, nothing of it serves, and the plugin is disposed then: what it opened meanwhile would stay otherwise.
    /// </summary>
    /// <param name="mainAssembly">The copy of its assembly.</param>
    /// <param name="host">What the plugin is offered.</param>
    /// <param name="cancellationToken">The start's time limit.</param>
    public async Task StartAsync(string mainAssembly, GenerationHost host, CancellationToken cancellationToken)
    {
        _host = host;
        if (HasClosed || _context is not { } context)
        {
            _host = null;
            host.Dispose();
            return;
        }

        var plugin = Settings.Script is null ? Instantiate(context, mainAssembly) : ScriptPlugin.Load(context, mainAssembly);
        _plugin = plugin;
        if (HasClosed)
        {
            if (Interlocked.Exchange(ref _plugin, null) is { } late)
            {
                DisposeLate(late);
            }

            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            Roles = RoleTable.Create(await plugin.StartAsync(host, cancellationToken), Settings, host.Clock, MakeWorkers);
        }
        finally
        {
            if (HasClosed)
            {
                CloseRoles();
                DisposeLate(plugin);
            }
        }
    }

    /// <summary>Compiles its own code, not that of libraries beside it, on a thread of its own: no session waits for that when this version serves.</summary>
    /// <param name="stop">Ends that, done or not.</param>
    public Task CompileAsync(CancellationToken stop)
    {
        string main = Copy.FindMainAssembly(Settings.Name);
        return Task.Factory.StartNew(
            () =>
            {
                foreach (var assembly in _context?.Assemblies.Where(assembly => assembly.Location == main) ?? [])
                {
                    Precompilation.Run(assembly, stop);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Begins background services and scheduled work, now that this version serves.</summary>
    public void StartBackground() => _host?.Background.Start(Roles.BackgroundServices);

    /// <summary>Ends background services and scheduled work.</summary>
    public ValueTask StopBackgroundAsync(TimeSpan limit) => _host?.Background.StopAsync(limit) ?? default;

    /// <summary>Runs a command on a thread of the plugin's own. The version is leased for it already, and is given back when it has really ended.</summary>
    /// <param name="command">The command.</param>
    /// <param name="arguments">What stood behind it.</param>
    /// <param name="cancellationToken">The person gave up.</param>
    /// <returns>What it writes, to be read until the end or abandoned; its exit status, and what went wrong: null where nothing did.</returns>
    public (CommandOutput Output, Task<(int Status, string? Fault)> Ended) Run(
        ICommand command, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var output = new CommandOutput();
        var ended = new TaskCompletionSource<(int, string?)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Workers.Enqueue(async () =>
        {
            try
            {
                int status = await command.RunAsync(arguments, output, cancellationToken).ConfigureAwait(false);
                ended.TrySetResult((status, null));
            }
            catch (Exception e)
            {
                ended.TrySetResult((1, FaultText.Line(e)));
            }
            finally
            {
                output.Complete();
                Exit();
            }
        });
        return (output, ended.Task);
    }

    /// <summary>Stops the plugin, disposes it and lets go of it. Whatever it does, this ends.</summary>
    /// <returns>What went wrong; null where nothing did.</returns>
    public async ValueTask<string?> CloseAsync(TimeSpan limit)
    {
        _isClosed = true;
        Interlocked.MemoryBarrier(); // a start that goes on meanwhile sees this, or its plugin is seen here
        Ending ending = new();
        ending.Try("measuring it", Code.Measure);
        await ending.TryAsync("ending its work", () => StopBackgroundAsync(limit).AsTask());
        if (_host is { } host)
        {
            await ending.TryAsync("telling it to stop", () => host.StopAsync().WaitAsync(limit, host.Clock));
        }

        if (Interlocked.Exchange(ref _plugin, null) is { } plugin)
        {
            await ending.TryAsync("disposing it", () => DisposeAsync(plugin).WaitAsync(limit, _host?.Clock ?? TimeProvider.System));
        }

        Unload(ending);
        return ending.Fault;
    }

    /// <summary>Finds and makes the one plugin type.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IMailPlugin Instantiate(PluginLoadContext context, string mainAssembly)
    {
        Type[] types =
        [
            .. context.LoadFromAssemblyPath(mainAssembly).GetExportedTypes()
                .Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IMailPlugin).IsAssignableFrom(type)),
        ];
        return types switch
        {
            [var type] when type.GetConstructor(Type.EmptyTypes) is not null => (IMailPlugin)Activator.CreateInstance(type)!,
            [var type] => throw new PluginRejectedException($"{type.Name} has no public constructor without parameters"),
            [] => throw new PluginRejectedException("has no public class that implements IMailPlugin"),
            _ => throw new PluginRejectedException(
                $"has several public classes that implement IMailPlugin: {string.Join(", ", types.Select(type => type.Name))}"),
        };
    }

    /// <summary>Whether it was closed by now, to be asked after what closing looks for was written.</summary>
    private bool HasClosed
    {
        get
        {
            Interlocked.MemoryBarrier();
            return _isClosed;
        }
    }

    private Workers MakeWorkers() => new($"plugin {Settings.Name}", MostWorkers, e => Faulted(e));

    private Task DisposeAsync(IMailPlugin plugin)
    {
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Workers.Enqueue(async () =>
        {
            try
            {
                await plugin.DisposeAsync().ConfigureAwait(false);
                disposed.TrySetResult();
            }
            catch (Exception e)
            {
                disposed.TrySetException(e);
            }
        });
        return disposed.Task;
    }

    /// <summary>Disposes a plugin that was still starting when this version was closed. Nobody waits for that.</summary>
    private void DisposeLate(IMailPlugin plugin) => Workers.Enqueue(async () =>
    {
        try
        {
            await plugin.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Faulted(e);
        }
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Unload(Ending ending)
    {
        var context = _context;
        var host = _host;
        _context = null;
        _host = null;
        ending.Try("letting go of its host", () => host?.Dispose());
        ending.Try("letting go of its roles", CloseRoles);
        ending.Try("ending its threads", Workers.Dispose);
        if (!ending.Try("unloading it", () => context?.Unload()))
        {
            ending.Try("unloading it", () => context?.Unload()); // its own handler of that threw, and is not called again
        }
    }

    private void CloseRoles()
    {
        Roles.Close();
        Roles = RoleTable.Empty;
    }
}
