using System.Diagnostics.Metrics;

namespace PluginMail.Transport;

/// <summary>What is counted of connections.</summary>
internal static class TransportMetrics
{
    private static readonly Meter Meter = new("PluginMail");
    private static readonly Counter<long> Connections = Meter.CreateCounter<long>(
        "pluginmail.connections", "{connection}", "Connections of clients, by protocol and outcome: served, too_many, handshake_failed");

    public static void Connected(string protocol, string outcome) =>
        Connections.Add(1, new("protocol", protocol), new("outcome", outcome));
}
