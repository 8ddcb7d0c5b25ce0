using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Pop3.Sessions;

/// <summary>What is to happen after a command. Only the session loop writes.</summary>
internal abstract record Pop3Answer
{
    /// <summary>A positive reply.</summary>
    public static Pop3Answer Ok(string text) => new Status(IsOk: true, text);

    /// <summary>A negative reply to a command that was well formed.</summary>
    public static Pop3Answer No(string text) => new Status(IsOk: false, text);

    /// <summary>A negative reply that counts against the session's error limit.</summary>
    public static Pop3Answer Error(string text) => new Status(IsOk: false, text, CountsAsError: true);

    /// <summary>One line.</summary>
    internal sealed record Status(bool IsOk, string Text, bool CountsAsError = false) : Pop3Answer;

    /// <summary>A positive reply with lines behind it; none of them begins with a dot.</summary>
    internal sealed record Listing(string Text, IEnumerable<string> Lines) : Pop3Answer;

    /// <summary>A positive reply with a message behind it.</summary>
    /// <param name="Text">Behind +OK.</param>
    /// <param name="Content">The message; the session disposes it.</param>
    /// <param name="End">How many octets of it are sent.</param>
    /// <param name="HasBareLf">Whether line ends have to be mended.</param>
    internal sealed record Message(string Text, MessageContent Content, long End, bool HasBareLf) : Pop3Answer;

    /// <summary>TLS begins.</summary>
    internal sealed record StartTls : Pop3Answer;

    /// <summary>A SASL exchange begins.</summary>
    /// <param name="Sasl">The exchange.</param>
    /// <param name="Initial">The initial response, decoded; null for none.</param>
    internal sealed record Exchange(ISaslExchange Sasl, byte[]? Initial) : Pop3Answer;

    /// <summary>A last line.</summary>
    internal sealed record Goodbye(bool IsOk, string Text) : Pop3Answer;
}
