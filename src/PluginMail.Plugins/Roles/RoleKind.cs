using PluginMail.Abstractions;

namespace PluginMail.Plugins.Roles;

/// <summary>What differs between the roles: how one is called, which answers make no sense, what stands in for a fault.</summary>
internal abstract class RoleKind<TRole, TInput, TAnswer>
    where TRole : class
{
    /// <summary>The role in words, for log and fault texts.</summary>
    public abstract string Name { get; }

    /// <summary>What is answered where the plugin no longer has this role.</summary>
    public abstract TAnswer Absent { get; }

    /// <summary>Calls the plugin.</summary>
    public abstract ValueTask<TAnswer> Call(TRole role, TInput input, CancellationToken cancellationToken);

    /// <summary>Says what is wrong with an answer; null where nothing is.</summary>
    public abstract string? FindNonsense(TAnswer answer);

    /// <summary>What a fault answers.</summary>
    public abstract TAnswer Substitute(OnFault onFault);

    /// <summary>The session that a question belongs to; null where it belongs to none that a check could remember.</summary>
    public virtual ISessionView? SessionOf(TInput input) => null;

    /// <summary>Nobody waits for the call any more, and it goes on: what it was given must stay as it is.</summary>
    public virtual void Abandoned(TInput input)
    {
    }

    /// <summary>The call has really ended, maybe long after its time limit.</summary>
    public virtual void Ended(TInput input)
    {
    }
}

/// <summary>The kinds that answer with a verdict.</summary>
internal abstract class VerdictKind<TRole, TInput> : RoleKind<TRole, TInput, Verdict>
    where TRole : class
{
    public sealed override Verdict Absent => Verdict.Pass;

    public sealed override string? FindNonsense(Verdict answer) => VerdictNonsense.Find(answer);

    public sealed override Verdict Substitute(OnFault onFault) => FaultVerdicts.For(onFault);
}
