using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>
/// A plugin's role as the pipeline calls it: whatever happens inside, a call ends in time and with an answer. The implementation leases
/// the plugin's current version, bounds time and concurrency, and turns a fault into what the plugin's <c>on_fault</c> says.
/// </summary>
/// <typeparam name="TInput">What the role is asked.</typeparam>
/// <typeparam name="TAnswer">What it answers.</typeparam>
/// <param name="plugin">The plugin's name in mail.toml.</param>
public abstract class Role<TInput, TAnswer>(string plugin)
{
    /// <summary>The plugin's name in mail.toml.</summary>
    public string Plugin { get; } = plugin;

    /// <summary>Asks.</summary>
    /// <param name="input">The question.</param>
    /// <param name="cancellationToken">The transaction's end; its cancellation is not the plugin's fault.</param>
    /// <returns>The answer, and whether it is a fault's substitute. Completes synchronously, without allocating, when the plugin does.</returns>
    public abstract ValueTask<RoleAnswer<TAnswer>> AskAsync(TInput input, CancellationToken cancellationToken);

    /// <summary>Asks, for as long as the stage lasts.</summary>
    /// <param name="input">The question.</param>
    /// <param name="stageEnd">The stage's end, or the transaction's. A call that has not answered by the stage's is a time-out.</param>
    /// <param name="cancellationToken">The transaction's end; its cancellation is not the plugin's fault.</param>
    /// <returns>The answer, and whether it is a fault's substitute.</returns>
    public virtual ValueTask<RoleAnswer<TAnswer>> AskAsync(TInput input, CancellationToken stageEnd, CancellationToken cancellationToken) =>
        AskAsync(input, stageEnd);
}

/// <summary>What a role answered.</summary>
/// <typeparam name="TAnswer">The type of the answer.</typeparam>
/// <param name="Value">The answer; after a fault, what <c>on_fault</c> makes of it.</param>
/// <param name="Fault">What went wrong, as text; null where nothing did.</param>
public readonly record struct RoleAnswer<TAnswer>(TAnswer Value, string? Fault);

/// <summary>A session check with its stages and its per-session state.</summary>
/// <param name="plugin">The plugin's name in mail.toml.</param>
public abstract class SessionRole(string plugin)
{
    /// <summary>The plugin's name in mail.toml.</summary>
    public string Plugin { get; } = plugin;

    /// <summary>The stages at which the current version wants to be asked.</summary>
    public abstract SessionStages Stages { get; }

    /// <summary>Begins the check for one session: leases the current version until the returned object is disposed.</summary>
    /// <param name="session">The session.</param>
    /// <returns>What is asked for the rest of this session.</returns>
    public abstract SessionRoleLease Begin(ISessionView session);
}

/// <summary>A session check that is bound to one session and to one version of its plugin.</summary>
/// <param name="role">The role it came from.</param>
public abstract class SessionRoleLease(SessionRole role) : IAsyncDisposable
{
    /// <summary>The role it came from.</summary>
    public SessionRole Role { get; } = role;

    /// <summary>The stages at which the version that answers in this session wants to be asked.</summary>
    public virtual SessionStages Stages => Role.Stages;

    /// <summary>Asks.</summary>
    /// <param name="context">The question.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>The answer, and whether it is a fault's substitute.</returns>
    public abstract ValueTask<RoleAnswer<Verdict>> AskAsync(SessionCheckContext context, CancellationToken cancellationToken);

    /// <summary>What a check remembers of this session.</summary>
    /// <param name="check">The plugin's check.</param>
    /// <returns>Its state; null where this is the lease of another check, or where it remembers nothing.</returns>
    public virtual IAsyncDisposable? StateOf(ISessionCheck check) => null;

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
