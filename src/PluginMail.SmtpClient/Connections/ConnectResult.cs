using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>What came of the attempt to reach a host.</summary>
/// <param name="Connection">A connection that is ready for MAIL; null where there is none.</param>
/// <param name="Failure">Why there is none, as a reply that stands for it.</param>
internal readonly record struct ConnectResult(SmtpConnection? Connection, SmtpReply? Failure)
{
    public static ConnectResult Failed(int code, ushort subject, ushort detail, string text) =>
        new(null, new SmtpReply(code, new EnhancedStatusCode((byte)(code / 100), subject, detail), text));
}
