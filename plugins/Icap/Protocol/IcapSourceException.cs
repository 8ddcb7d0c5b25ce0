namespace PluginMail.Icap.Protocol;

/// <summary>What is to be scanned cannot be read here: nothing that a service could help, and so no <see cref="IOException"/>, which is one.</summary>
internal sealed class IcapSourceException(IOException inner) : Exception($"it cannot be read: {inner.Message}", inner);
