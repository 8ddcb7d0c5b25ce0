namespace PluginMail.Queue;

/// <summary>How the queue tries.</summary>
/// <param name="Hostname">The server's name, for reports.</param>
/// <param name="Retry">Waits between attempts, at least one; the last one repeats.</param>
/// <param name="Expiry">How long a message is tried before it is reported as failed (RFC 5321 section 4.5.4.1).</param>
/// <param name="Parallelism">Attempts at one time.</param>
public sealed record QueueOptions(string Hostname, IReadOnlyList<TimeSpan> Retry, TimeSpan Expiry, int Parallelism);
