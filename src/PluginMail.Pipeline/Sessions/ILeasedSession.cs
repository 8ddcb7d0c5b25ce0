using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>A session in which checks have begun: what they remember belongs to the version of their plugin that remembers it.</summary>
public interface ILeasedSession : ISessionView
{
    /// <summary>The checks that have begun, and null for those that have not.</summary>
    ReadOnlySpan<SessionRoleLease?> Leases { get; }
}
