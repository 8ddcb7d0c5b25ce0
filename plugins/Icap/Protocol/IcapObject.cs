namespace PluginMail.Icap.Protocol;

/// <summary>What is to be scanned. It is read as a stream, again for each service that is tried, and never held as a whole.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="MediaType">Type and subtype.</param>
/// <param name="Length">Its octets; null where they are not known beforehand.</param>
/// <param name="Client">The address of the client that brought it; empty where none did.</param>
/// <param name="Open">Opens it.</param>
internal sealed record IcapObject(string Name, string MediaType, long? Length, string Client, Func<Stream> Open);
