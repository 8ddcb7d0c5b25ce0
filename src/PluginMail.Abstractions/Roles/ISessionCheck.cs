namespace PluginMail.Abstractions;

/// <summary>Judges a session before its message: at connect, greeting, authentication, sender, recipients and DATA; and hears of unknown commands and refused recipients.</summary>
/// <remarks>What is decided before the Recipient stage is said to the client at RCPT, so that the log knows the recipient.</remarks>
public interface ISessionCheck : IMailRole
{
    /// <summary>At which stages it wants to be asked; the others cost nothing.</summary>
    SessionStages Stages { get; }

    /// <summary>Makes what the check remembers of one session (a milter's connection), at the first stage it is asked at.</summary>
    /// <param name="session">The session.</param>
    /// <returns>
    /// The state, given back in each call and disposed when the session ends; null (the default) when nothing is remembered.
    /// It keeps its plugin's version alive: a reload does not touch it.
    /// </returns>
    IAsyncDisposable? BeginSession(ISessionView session) => null;

    /// <summary>Answers one question.</summary>
    /// <param name="context">Stage, session, sender, recipient, and what the client said with them.</param>
    /// <param name="state">What <see cref="BeginSession"/> made.</param>
    /// <param name="cancellationToken">Cancelled at the time limit and when the client is gone.</param>
    /// <returns>The verdict; of its effects Score, Tag and Bypass count.</returns>
    ValueTask<Verdict> CheckAsync(SessionCheckContext context, IAsyncDisposable? state, CancellationToken cancellationToken);
}
