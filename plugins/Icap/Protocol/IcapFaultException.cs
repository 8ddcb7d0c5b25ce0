namespace PluginMail.Icap.Protocol;

/// <summary>A service that cannot be reached, broke off, took too long, or answered what the protocol does not know.</summary>
internal sealed class IcapFaultException(string reason, Exception? inner = null) : IOException(reason, inner);
