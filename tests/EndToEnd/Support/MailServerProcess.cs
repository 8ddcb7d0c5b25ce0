using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace PluginMail.EndToEnd;

/// <summary>A real server in a process of its own, with its mail.toml and data in a temporary folder.</summary>
internal sealed partial class MailServerProcess : IAsyncDisposable
{
    public const int HangUp = 1;
    public const int Interrupt = 2;
    public const int Terminate = 15;

    /// <summary>How long its end may take, however slow the machine is.</summary>
    public static TimeSpan StopLimit { get; } = TimeSpan.FromMinutes(2);

    private readonly StringBuilder _screen = new();
    private readonly StringBuilder _log = new();
    private readonly bool _ownsFolder;
    private Process? _process;
    private ServerPorts? _ports;

    private MailServerProcess(string folder, bool ownsFolder)
    {
        Folder = folder;
        _ownsFolder = ownsFolder;
    }

    /// <summary>The folder of mail.toml.</summary>
    public string Folder { get; }

    public string Configuration => Path.Combine(Folder, "mail.toml");

    public string Data => Path.Combine(Folder, "data");

    public int ProcessId => Running.Id;

    /// <summary>Where it listens. Changes with each start.</summary>
    public ServerPorts Ports => _ports ?? throw new InvalidOperationException("the server has not started");

    /// <summary>What it wrote to standard output since it was started.</summary>
    public string Screen => Read(_screen);

    /// <summary>All that it wrote to standard error, over all its starts.</summary>
    public string Log => Read(_log);

    private Process Running => _process ?? throw new InvalidOperationException("the server does not run");

    /// <summary>Starts a server with settings, in a new folder.</summary>
    public static async Task<MailServerProcess> StartAsync(ServerSettings? settings = null, Action<MailServerProcess>? prepare = null)
    {
        var server = new MailServerProcess(Directory.CreateTempSubdirectory("pluginmail-").FullName, ownsFolder: true);
        try
        {
            server.Write(settings ?? new ServerSettings());
            prepare?.Invoke(server);
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server in a folder that is there, with its mail.toml.</summary>
    public static async Task<MailServerProcess> StartInAsync(string folder)
    {
        var server = new MailServerProcess(folder, ownsFolder: false);
        await server.StartAsync();
        return server;
    }

    /// <summary>Writes mail.toml, as an editor does: a new file in place of the old one.</summary>
    public void Write(ServerSettings settings) => WriteConfiguration(settings.ToString());

    /// <inheritdoc cref="Write(ServerSettings)"/>
    public void WriteConfiguration(string text)
    {
        string draft = Configuration + ".new";
        File.WriteAllText(draft, text);
        File.Move(draft, Configuration, overwrite: true);
    }

    /// <summary>Starts it, again where it was stopped or killed, and waits for its start screen.</summary>
    public async Task StartAsync()
    {
        _screen.Clear();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(Programs.DotNet, [Repository.Server, "--config", Configuration])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Folder,
                Environment = { ["DOTNET_EnableDiagnostics"] = "0" }, // one that is killed leaves no pipe behind
            },
            EnableRaisingEvents = true,
        };
        process.OutputDataReceived += (_, line) =>
        {
            Note(_screen, line.Data);
            if (line.Data?.Contains("Ctrl-C stops", StringComparison.Ordinal) == true)
            {
                started.TrySetResult();
            }
        };
        process.ErrorDataReceived += (_, line) => Note(_log, line.Data);
        process.Exited += (_, _) => started.TrySetException(new InvalidOperationException("the server ended before it served"));
        process.Start();
        _process = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await started.Task.WaitAsync(TimeSpan.FromMinutes(2));
            _ports = ServerPorts.Read(Screen);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            process.Kill(); // one that serves all the same would keep its ports
            throw new InvalidOperationException($"{e.Message}\n{Screen}\n{Log}", e);
        }
    }

    /// <summary>Runs a command of the command line; it finds this server by its mail.toml.</summary>
    public Task<ProgramResult> RunAsync(params string[] arguments) => RunWithInputAsync(null, arguments);

    /// <inheritdoc cref="RunAsync"/>
    public Task<ProgramResult> RunWithInputAsync(string? input, params string[] arguments) =>
        Programs.RunAsync(Programs.DotNet, [Repository.Server, .. arguments, "--config", Configuration], input);

    /// <summary>Adds an account whose password is <c>secret-NAME</c>.</summary>
    /// <returns>Its address and password.</returns>
    public async Task<Login> AddAccountAsync(string name, string domain = "example.test", string? quota = null)
    {
        var login = new Login($"{name}@{domain}", $"secret-{name}");
        string[] limits = quota is null ? [] : ["--quota", quota];
        (await RunWithInputAsync(login.Password + "\n", ["account", "add", login.Address, "--password-stdin", .. limits])).Succeeded();
        return login;
    }

    public void Send(int signal)
    {
        if (Kill(Running.Id, signal) != 0)
        {
            throw new InvalidOperationException($"signal {signal} could not be sent");
        }
    }

    /// <summary>Waits for its end after a signal.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        Process process = Running;
        await process.WaitForExitAsync().WaitAsync(limit);
        int status = process.ExitCode;
        process.Dispose();
        _process = null;
        return status;
    }

    /// <summary>Stops it with SIGTERM and insists on exit status 0.</summary>
    public async Task StopAsync()
    {
        Send(Terminate);
        int status = await WaitForExitAsync(StopLimit);
        Assert.True(status == 0, $"the server ended with {status}\n{Screen}\n{Log}");
    }

    /// <summary>Kills it as a power cut would: SIGKILL, by its process id.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await WaitForExitAsync(StopLimit);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_process is { HasExited: false })
            {
                await StopAsync();
            }
        }
        finally
        {
            if (_process is { HasExited: false })
            {
                await KillAsync();
            }

            if (_ownsFolder)
            {
                Directory.Delete(Folder, recursive: true);
            }
        }
    }

    /// <summary>Waits until its log has a line with this text behind a position.</summary>
    public Task UntilLoggedAsync(string text, int from = 0) =>
        Eventually.TrueAsync(() => Log.IndexOf(text, Math.Min(from, Log.Length), StringComparison.Ordinal) >= 0, $"'{text}' in the log");

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private static void Note(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}

/// <summary>An account's address, which is its login, and its password.</summary>
internal sealed record Login(string Address, string Password)
{
    public string Name => Address[..Address.IndexOf('@', StringComparison.Ordinal)];

    public string User => $"{Address}:{Password}";
}
