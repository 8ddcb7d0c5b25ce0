using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PluginMail.Abstractions;

namespace PluginMail.Daemons;

/// <summary>Where a daemon listens.</summary>
/// <param name="Text">As the settings write it.</param>
/// <param name="EndPoint">As sockets take it.</param>
internal sealed record DaemonAddress(string Text, EndPoint EndPoint)
{
    private const string UnixScheme = "unix:";

    /// <summary>Reads a list of addresses; a wrong one is rejected there.</summary>
    /// <param name="settings">The table.</param>
    /// <param name="key">The key.</param>
    /// <param name="defaultValue">Where it is missing; also the example in the error.</param>
    public static ImmutableArray<DaemonAddress> Read(ISettings settings, string key, params IReadOnlyList<string> defaultValue)
    {
        var texts = settings.GetStrings(key, defaultValue);
        var addresses = ImmutableArray.CreateBuilder<DaemonAddress>(texts.Count);
        foreach (string text in texts)
        {
            if (TryParse(text, out var address))
            {
                addresses.Add(address);
            }
        }

        if (addresses.Count != texts.Count || addresses.Count == 0)
        {
            settings.Reject(key, "a list of addresses like \"127.0.0.1:3310\" or \"unix:/run/daemon.sock\"");
        }

        return addresses.ToImmutable();
    }

    /// <summary>Reads <c>host:port</c>, <c>[ipv6]:port</c> or <c>unix:/path</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DaemonAddress? address)
    {
        address = ParseEndPoint(text) is { } endPoint ? new DaemonAddress(text, endPoint) : null;
        return address is not null;
    }

    /// <summary>Connects.</summary>
    /// <param name="limit">How long that may take.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="cancellationToken">The end of the call.</param>
    /// <exception cref="SocketException">It does not listen, or not in time.</exception>
    public async ValueTask<Socket> ConnectAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var socket = CreateSocket();
        try
        {
            await socket.ConnectAsync(EndPoint, either.Token);
            return socket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut, "no connection in time");
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new SocketException((int)e.SocketErrorCode, ConnectFailure.Reason(e, EndPoint));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static EndPoint? ParseEndPoint(string text)
    {
        if (text.StartsWith(UnixScheme, StringComparison.Ordinal))
        {
            // The longest path that a Unix socket address holds.
            string path = text[UnixScheme.Length..];
            return path.Length is > 1 and < 108 && path[0] == '/' ? new UnixDomainSocketEndPoint(path) : null;
        }

        int colon = text.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            return null;
        }

        string host = text[..colon].Trim('[', ']');
        return IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port)
            : Uri.CheckHostName(host) == UriHostNameType.Dns ? new DnsEndPoint(host, port)
            : null;
    }

    private Socket CreateSocket() => EndPoint is UnixDomainSocketEndPoint
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
}
