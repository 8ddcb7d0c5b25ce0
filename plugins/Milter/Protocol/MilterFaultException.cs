namespace PluginMail.Milter.Protocol;

/// <summary>A milter that cannot be reached, broke off, took too long, or said what the protocol does not know.</summary>
internal sealed class MilterFaultException(string reason, Exception? inner = null) : Exception(reason, inner);
