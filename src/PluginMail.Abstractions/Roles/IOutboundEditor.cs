namespace PluginMail.Abstractions;

/// <summary>Changes a message that leaves this server, once for each transaction, before it is signed.</summary>
public interface IOutboundEditor : IMailRole
{
    /// <summary>Says what to change.</summary>
    /// <param name="message">The message with those of its recipients that are not here.</param>
    /// <param name="cancellationToken">Cancelled at the time limit.</param>
    /// <returns>The verdict; Refuse and Defer hold the message.</returns>
    ValueTask<Verdict> EditOutboundAsync(IMessageView message, CancellationToken cancellationToken);
}
