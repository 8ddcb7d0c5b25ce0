using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Testing;

/// <summary>How a zone of <see cref="RealDns"/> is signed.</summary>
internal enum ZoneSigning
{
    /// <summary>Not at all: answers are insecure.</summary>
    None,

    /// <summary>So that the resolver vouches for answers (AD).</summary>
    Valid,

    /// <summary>With signatures that have run out: the resolver refuses answers (SERVFAIL).</summary>
    Expired,
}

/// <summary>A zone as a test declares it.</summary>
/// <param name="Name">Its name without the root's dot.</param>
/// <param name="Records">Lines of a master file, relative to the zone; SOA, NS and the TTL (300 s, 60 s for what is not there) are added.</param>
/// <param name="Signing">How it is signed.</param>
internal sealed record DnsZone(string Name, string Records, ZoneSigning Signing = ZoneSigning.None);

/// <summary>
/// Real DNS on loopback: nsd as the authority of the test's zones, and unbound as the validating resolver in front of it. Every other name does
/// not exist; nothing leaves the machine.
/// </summary>
internal sealed class RealDns : IAsyncDisposable
{
    private static readonly string[] Programs = ["/usr/sbin/nsd", "/usr/sbin/unbound", "/usr/bin/ldns-keygen", "/usr/bin/ldns-signzone"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pluginmail-dns-");
    private readonly List<Process> _processes = [];
    private readonly StringBuilder _said = new();
    private Process? _resolver;

    private RealDns()
    {
    }

    /// <summary>Whether what this needs is installed (nsd, unbound, ldnsutils).</summary>
    public static bool IsInstalled => Array.TrueForAll(Programs, File.Exists);

    /// <summary>The resolver's address.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>The resolver's port.</summary>
    public int Port => EndPoint.Port;

    /// <summary>The address of the authority behind it.</summary>
    public IPEndPoint Authority { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>Starts both with one zone.</summary>
    public static Task<RealDns> StartAsync(string zone, string records, ZoneSigning signing = ZoneSigning.None) =>
        StartAsync(new DnsZone(zone, records, signing));

    /// <summary>Starts both and waits until they answer.</summary>
    public static async Task<RealDns> StartAsync(params DnsZone[] zones)
    {
        var dns = new RealDns();
        try
        {
            foreach (DnsZone zone in zones)
            {
                await dns.WriteZoneAsync(zone);
            }

            dns.Authority = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
            await dns.StartServerAsync(Programs[0], ["-d", "-c", dns.Write("nsd.conf", dns.AuthorityConfiguration(zones))], dns.Authority, zones[0].Name);
            dns.EndPoint = new IPEndPoint(IPAddress.Loopback, FreePort.Next());
            dns._resolver = await dns.StartServerAsync(
                Programs[1], ["-d", "-c", dns.Write("unbound.conf", dns.ResolverConfiguration(zones))], dns.EndPoint, zones[0].Name);
            return dns;
        }
        catch
        {
            await dns.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the resolver; its port is closed then.</summary>
    public async Task StopResolverAsync()
    {
        _resolver!.Kill(entireProcessTree: true);
        await _resolver.WaitForExitAsync();
    }

    /// <summary>Makes the resolver silent: it takes packets and does not answer.</summary>
    public Task PauseResolverAsync() => RunAsync("/bin/kill", "-STOP", $"{_resolver!.Id}");

    /// <summary>Lets a silent resolver answer again.</summary>
    public Task ResumeResolverAsync() => RunAsync("/bin/kill", "-CONT", $"{_resolver!.Id}");

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    private async Task WriteZoneAsync(DnsZone zone)
    {
        string file = Write($"{zone.Name}.zone", $"""
            $ORIGIN {zone.Name}.
            $TTL 300
            @ SOA ns-of-zone hostmaster 1 3600 600 86400 60
            @ NS ns-of-zone
            ns-of-zone A 127.0.0.1
            {zone.Records}

            """);
        if (zone.Signing != ZoneSigning.None)
        {
            string key = (await RunAsync(Programs[2], "-a", "ECDSAP256SHA256", "-k", zone.Name)).Trim();
            string[] times = zone.Signing == ZoneSigning.Expired ? ["-i", "20200101", "-e", "20200201"] : [];
            await RunAsync(Programs[3], [.. times, "-f", file + ".signed", "-o", zone.Name, file, key]);
            File.Move(file + ".signed", file, overwrite: true);
            File.Move(PathOf(key + ".key"), PathOf($"{zone.Name}.anchor"));
        }
    }

    private string AuthorityConfiguration(DnsZone[] zones) => $"""
        server:
          ip-address: {Authority.Address}@{Authority.Port}
          server-count: 1
          username: ""
          zonesdir: "{_folder.FullName}"
          database: ""
          pidfile: "{PathOf("nsd.pid")}"
          zonelistfile: "{PathOf("zone.list")}"
          xfrdfile: "{PathOf("xfrd.state")}"
          xfrdir: "{_folder.FullName}"
        remote-control:
          control-enable: no
        {string.Join('\n', zones.Select(zone => $"zone:\n  name: \"{zone.Name}\"\n  zonefile: \"{zone.Name}.zone\""))}

        """;

    private string ResolverConfiguration(DnsZone[] zones) => $"""
        server:
          interface: {EndPoint.Address}
          port: {EndPoint.Port}
          num-threads: 1
          do-daemonize: no
          username: ""
          chroot: ""
          pidfile: ""
          use-syslog: no
          logfile: ""
          directory: "{_folder.FullName}"
          module-config: "validator iterator"
          do-not-query-localhost: no
          unblock-lan-zones: yes
          insecure-lan-zones: yes
          local-zone: "." static
        {string.Join('\n', zones.Select(zone => $"  local-zone: \"{zone.Name}.\" transparent\n  {TrustOf(zone)}"))}
        remote-control:
          control-enable: no
        {string.Join('\n', zones.Select(zone => $"stub-zone:\n  name: \"{zone.Name}\"\n  stub-addr: {Authority.Address}@{Authority.Port}"))}

        """;

    private string TrustOf(DnsZone zone) =>
        zone.Signing == ZoneSigning.None ? $"domain-insecure: \"{zone.Name}.\"" : $"trust-anchor-file: \"{PathOf($"{zone.Name}.anchor")}\"";

    private async Task<Process> StartServerAsync(string program, string[] arguments, IPEndPoint address, string zone)
    {
        Process process = Launch(program, arguments);
        _processes.Add(process);
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await AnswersAsync(address, zone))
        {
            if (process.HasExited || timeout.IsCancellationRequested)
            {
                lock (_said)
                {
                    throw new InvalidOperationException($"{program} does not answer: {_said}");
                }
            }
        }

        return process;
    }

    private void Say(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }

    private Process Launch(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Launch(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {output}{await errors}");
    }

    // Asks for the zone's SOA, once; a closed port is given a moment to open.
    private static async Task<bool> AnswersAsync(IPEndPoint address, string zone)
    {
        byte[] name = [.. zone.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
        byte[] query = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name, 0, 6, 0, 1];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await socket.ConnectAsync(address, timeout.Token);
            await socket.SendAsync(query, timeout.Token);
            byte[] response = new byte[4096];
            return await socket.ReceiveAsync(response, timeout.Token) > 3;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            await Task.Delay(20, CancellationToken.None);
            return false;
        }
    }
}
