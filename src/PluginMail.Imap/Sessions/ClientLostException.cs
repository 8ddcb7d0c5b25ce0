namespace PluginMail.Imap;

/// <summary>The client is gone, takes nothing more, or can't be told anything sensible any more: the session ends without a word.</summary>
/// <param name="message">What happened.</param>
/// <param name="innerException">The fault beneath.</param>
internal sealed class ClientLostException(string message, Exception? innerException = null) : IOException(message, innerException);
