using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Queue;

/// <summary>The queue as the origin of a delivery.</summary>
internal sealed class QueueSession : ISessionView
{
    public static readonly QueueSession Instance = new();

    public string Id => "-";

    public string Protocol => "queue";

    public IPEndPoint? RemoteEndPoint => null;

    public IPEndPoint? LocalEndPoint => null;

    public string? HelloName => null;

    public bool IsEncrypted => false;

    public EmailAddress? Authenticated => null;

    public Direction Direction => Direction.Incoming;
}
