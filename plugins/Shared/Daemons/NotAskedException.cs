using PluginMail.Abstractions;

namespace PluginMail.Daemons;

/// <summary>A request came to nothing here, which no daemon could help: nothing is said of the one that was to be asked.</summary>
/// <param name="reason">Why.</param>
/// <param name="inner">What was caught; null where nothing was.</param>
internal sealed class NotAskedException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>Reads a message's octets, as <see cref="MessageContent.Read"/> does.</summary>
    /// <exception cref="NotAskedException">They cannot be read.</exception>
    public static int Read(MessageContent content, long offset, Span<byte> room)
    {
        try
        {
            return content.Read(offset, room);
        }
        catch (IOException e)
        {
            throw new NotAskedException($"the message cannot be read: {e.Message}", e);
        }
    }
}
