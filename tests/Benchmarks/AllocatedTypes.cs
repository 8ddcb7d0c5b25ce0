using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace PluginMail.Benchmarks;

/// <summary>Samples what is allocated, by type: one object about every 100 KiB, as the runtime tells (AllocationTick).</summary>
internal sealed class AllocatedTypes : EventListener
{
    private const EventKeywords Collections = (EventKeywords)1;

    private readonly ConcurrentDictionary<string, long> _octets = new(StringComparer.Ordinal);

    /// <summary>Prints the types that most was allocated of.</summary>
    /// <param name="messages">How many messages there were.</param>
    public void Print(int messages)
    {
        foreach (var (type, octets) in _octets.OrderByDescending(pair => pair.Value).Take(25))
        {
            Console.WriteLine($"{octets / messages,8:N0} octets a message  {type}");
        }
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
        {
            EnableEvents(eventSource, EventLevel.Verbose, Collections);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName?.StartsWith("GCAllocationTick", StringComparison.Ordinal) == true
            && eventData.PayloadNames is { } names && eventData.Payload is { } payload
            && payload[names.IndexOf("AllocationAmount64")] is ulong amount && payload[names.IndexOf("TypeName")] is string type)
        {
            _octets.AddOrUpdate(type, (long)amount, (_, sum) => sum + (long)amount);
        }
    }
}
