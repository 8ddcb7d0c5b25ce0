namespace PluginMail.Pipeline;

/// <summary>A view of a message whose octets can be kept beyond the message's own time.</summary>
public interface IOutlivedView
{
    /// <summary>
    /// Says that a call that was given the view goes on although nobody waits for it: the memory that the octets lie in is not used for
    /// another message.
    /// </summary>
    void Outlive();
}
