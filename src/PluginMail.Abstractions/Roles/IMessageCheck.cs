namespace PluginMail.Abstractions;

/// <summary>Judges a whole message without needing to see what others change. Checks of one message run side by side.</summary>
public interface IMessageCheck : IMailRole
{
    /// <summary>Judges a message.</summary>
    /// <param name="message">The message, to be read during the call only.</param>
    /// <param name="cancellationToken">Cancelled at the time limit and when the client is gone.</param>
    /// <returns>The verdict; its effects are applied after all checks have ended, in mail.toml's order.</returns>
    ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken);
}
