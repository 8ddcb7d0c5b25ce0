namespace PluginMail.Abstractions;

/// <summary>Changes messages. Editors run one after another, after the checks, each seeing what the ones before it changed.</summary>
public interface IMessageEditor : IMailRole
{
    /// <summary>Says what to change.</summary>
    /// <param name="message">The message as it stands now.</param>
    /// <param name="cancellationToken">Cancelled at the time limit and when the client is gone.</param>
    /// <returns>The verdict with the changes as effects.</returns>
    ValueTask<Verdict> EditAsync(IMessageView message, CancellationToken cancellationToken);
}
