using System.Net;

namespace PluginMail.Abstractions;

/// <summary>What is known of the session that brings a message. Members change as the session goes on; read what you need during the call.</summary>
public interface ISessionView
{
    /// <summary>The session's id, as it stands in the log and in the trace.</summary>
    string Id { get; }

    /// <summary>How the mail comes in: <c>smtp</c>, <c>submission</c>, <c>lmtp</c>, <c>collector</c>, <c>bounce</c>, <c>local</c>.</summary>
    string Protocol { get; }

    /// <summary>The client's address; null where no client is connected.</summary>
    IPEndPoint? RemoteEndPoint { get; }

    /// <summary>The address the client connected to; null where no client is connected.</summary>
    IPEndPoint? LocalEndPoint { get; }

    /// <summary>What the client called itself in HELO, EHLO or LHLO; null before.</summary>
    string? HelloName { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    bool IsEncrypted { get; }

    /// <summary>The address of the account that authenticated; null where none did.</summary>
    EmailAddress? Authenticated { get; }

    /// <summary>Which way its messages go.</summary>
    Direction Direction { get; }
}
