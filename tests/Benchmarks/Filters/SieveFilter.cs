using System.Diagnostics;
using System.Globalization;

namespace PluginMail.Benchmarks.Filters;

/// <summary>
/// Pigeonhole's sieve-filter over a Maildir: a script that was compiled before, each message opened and evaluated, nothing carried out. The
/// index is kept in memory only, because at a delivery no header of the message is in a cache either.
/// </summary>
internal sealed class SieveFilter : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("filters-").FullName;
    private readonly string[] _as;

    public SieveFilter()
    {
        // Dovecot does nothing as root.
        _as = Environment.UserName == "root" ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] : [];
        foreach (string box in (ReadOnlySpan<string>)["full", "empty"])
        {
            foreach (string sub in (ReadOnlySpan<string>)["cur", "new", "tmp"])
            {
                Directory.CreateDirectory(Path.Combine(_folder, box, sub));
            }

            string user = _as.Length > 0 ? "nobody" : Environment.UserName;
            File.WriteAllText(
                Path.Combine(_folder, box + ".conf"),
                $"mail_uid = {user}\nmail_gid = {(_as.Length > 0 ? "nogroup" : user)}\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nlog_path = /dev/null\n"
                + $"mail_home = {_folder}\nmail_location = maildir:{_folder}/{box}:INDEX=MEMORY\n");
        }

        Scripts = Directory.CreateDirectory(Path.Combine(_folder, "scripts")).FullName;
        Messages = Path.Combine(_folder, "full", "cur");
    }

    /// <summary>Whether the programs are there.</summary>
    public static bool IsInstalled =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "sieve-filter")))
        && OperatingSystem.IsLinux();

    /// <summary>Where scripts lie.</summary>
    public string Scripts { get; }

    /// <summary>Where messages lie, one a file.</summary>
    public string Messages { get; }

    /// <summary>Adds a message.</summary>
    public void Add(int number, byte[] message) => File.WriteAllBytes(
        Path.Combine(Messages, $"{1_700_000_000 + number}.M{number}P1.bench,S={message.Length},W={message.Length}:2,S"), message);

    /// <summary>Hands all of it to the user that the peer runs as; to be called when everything is there.</summary>
    public async Task ShareAsync()
    {
        if (_as.Length > 0)
        {
            await RunAsync("chown", ["-R", "nobody:nogroup", _folder]);
        }
    }

    /// <summary>Compiles a script.</summary>
    public async Task CompileAsync(string script) =>
        await RunAsync("sievec", ["-c", Path.Combine(_folder, "full.conf"), Path.Combine(Scripts, script)], asPeer: true);

    /// <summary>Filters all messages, or none.</summary>
    /// <returns>Wall clock and processor time, and how many messages were filed in the folder of the last rule.</returns>
    public async Task<(TimeSpan Wall, TimeSpan Processor, int Filed)> FilterAsync(string script, bool none)
    {
        string box = none ? "empty" : "full";
        string command = string.Join(' ', [.. _as, "sieve-filter", "-c", $"{_folder}/{box}.conf", $"{Scripts}/{script}", "INBOX"]);
        string log = Path.Combine(_folder, "out");
        string times = await RunAsync("bash", ["-c", $"TIMEFORMAT='%3R %3U %3S'; time {command} > {log} 2> /dev/null"]);
        double[] seconds = [.. times.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        int filed = File.ReadLines(log).Count(line => line.EndsWith($"store message in folder: {FilterScripts.LastFolder}", StringComparison.Ordinal));
        return (TimeSpan.FromSeconds(seconds[0]), TimeSpan.FromSeconds(seconds[1] + seconds[2]), filed);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> RunAsync(string program, string[] arguments, bool asPeer = false)
    {
        string[] line = asPeer ? [.. _as, program, .. arguments] : [program, .. arguments];
        using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await output;
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? errors : throw new InvalidOperationException($"{program}: {errors}{await output}");
    }
}
