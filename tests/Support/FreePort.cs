using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace PluginMail.Testing;

/// <summary>
/// Ports for programs that have to be told one. They lie below those that the system gives by itself (Linux: from 32768 on), so that neither a
/// connection nor whoever binds port 0 takes one away before the program has bound it.
/// </summary>
internal static class FreePort
{
    private const int First = 20_001;
    private const int Behind = 32_000;

    /// <summary>A port of loopback that is free now, for TCP and for UDP.</summary>
    public static int Next()
    {
        while (true)
        {
            var address = new IPEndPoint(IPAddress.Loopback, RandomNumberGenerator.GetInt32(First, Behind));
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                tcp.Bind(address);
                udp.Bind(address);
                return address.Port;
            }
            catch (SocketException)
            {
                // taken: another one
            }
        }
    }
}
