using System.Net;
using System.Net.Sockets;

namespace PluginMail.Daemons;

/// <summary>Why nobody could be connected to, in words that help.</summary>
internal static class ConnectFailure
{
    /// <summary>The reason. A Unix socket whose file is missing has a name of its own: .NET knows ENOENT as an address that cannot be assigned.</summary>
    /// <param name="failure">What the system said.</param>
    /// <param name="target">Who was to be connected to.</param>
    public static string Reason(SocketException failure, EndPoint target) =>
        target is UnixDomainSocketEndPoint && failure.SocketErrorCode == SocketError.AddressNotAvailable ? "No such socket" : failure.Message;
}
