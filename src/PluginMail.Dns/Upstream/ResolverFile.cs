using System.Collections.Immutable;
using System.Net;

namespace PluginMail.Dns.Upstream;

/// <summary>The name servers that the machine's resolv.conf(5) names. It is read again while it is in use, so that a change needs no restart.</summary>
internal sealed class ResolverFile(string path, TimeProvider clock)
{
    private const int MaximumOctets = 64 << 10;
    private const int MaximumServers = 8;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private ImmutableArray<IPEndPoint> _servers = [];
    private long _readAt = long.MinValue;

    /// <summary>The servers now, in the file's order; 127.0.0.1 where it names none (as resolv.conf(5) says).</summary>
    public ImmutableArray<IPEndPoint> Servers
    {
        get
        {
            lock (_lock)
            {
                if (_readAt == long.MinValue || clock.GetElapsedTime(_readAt) >= Period)
                {
                    _readAt = clock.GetTimestamp();
                    _servers = Read(_servers);
                }

                return _servers;
            }
        }
    }

    /// <summary>Reads the text of such a file.</summary>
    public static ImmutableArray<IPEndPoint> Parse(string text)
    {
        ImmutableArray<IPEndPoint>.Builder servers = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var address, ..] && servers.Count < MaximumServers && IPAddress.TryParse(address, out IPAddress? server))
            {
                servers.Add(new IPEndPoint(server, 53));
            }
        }

        return servers.Count > 0 ? servers.DrainToImmutable() : [new IPEndPoint(IPAddress.Loopback, 53)];
    }

    private ImmutableArray<IPEndPoint> Read(ImmutableArray<IPEndPoint> before)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using var reader = new StreamReader(file);
            char[] text = new char[(int)Math.Min(file.Length, MaximumOctets)];
            return Parse(new string(text, 0, reader.ReadBlock(text)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return before.IsEmpty ? Parse("") : before; // perhaps it is being exchanged
        }
    }
}
