using System.Net;
using Microsoft.Extensions.Logging;

namespace PluginMail.Transport;

/// <summary>What listeners log.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1, LogLevel.Warning, "too many connections: refused {Remote}")]
    public static partial void TooManyConnections(ILogger log, IPEndPoint? remote);

    [LoggerMessage(2, LogLevel.Information, "{Session}: TLS handshake with {Remote} failed")]
    public static partial void HandshakeFailed(ILogger log, string session, IPEndPoint? remote);

    [LoggerMessage(3, LogLevel.Debug, "{Session}: connection lost: {Reason}")]
    public static partial void ConnectionLost(ILogger log, string session, string reason);

    [LoggerMessage(4, LogLevel.Error, "{Session}: the session ended by a fault of the server")]
    public static partial void SessionFault(ILogger log, string session, Exception fault);

    [LoggerMessage(5, LogLevel.Warning, "cannot accept a connection: {Reason}")]
    public static partial void AcceptFailed(ILogger log, string reason);

    [LoggerMessage(6, LogLevel.Warning, "stopping: {Count} connections did not end in time and are cut")]
    public static partial void CuttingConnections(ILogger log, int count);
}
