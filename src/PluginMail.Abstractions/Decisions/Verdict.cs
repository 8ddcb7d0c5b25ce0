using System.Collections.Immutable;

namespace PluginMail.Abstractions;

/// <summary>What a role says: one decision, and effects that the core carries out.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Effects">The effects, in their order. At session stages only Score, Tag and Bypass count.</param>
public sealed record Verdict(Decision Decision, ImmutableArray<Effect> Effects)
{
    /// <summary>Nothing against it, nothing to change. Allocates nothing.</summary>
    public static readonly Verdict Pass = new(Decision.Pass.Instance, []);

    /// <summary>Whether this is <see cref="Pass"/> without effects.</summary>
    public bool IsPlainPass => Decision is Decision.Pass && Effects.IsEmpty;

    /// <summary>Refuses for good.</summary>
    /// <param name="reply">A 5yz reply.</param>
    /// <returns>The verdict.</returns>
    /// <exception cref="ArgumentException">The reply is not a 5yz one.</exception>
    public static Verdict Refuse(SmtpReply reply) => reply.Code is >= 500 and < 600
        ? new(new Decision.Refuse(reply), [])
        : throw new ArgumentException("A refusal needs a 5yz reply", nameof(reply));

    /// <summary>Asks the client to come again.</summary>
    /// <param name="reply">A 4yz reply.</param>
    /// <returns>The verdict.</returns>
    /// <exception cref="ArgumentException">The reply is not a 4yz one.</exception>
    public static Verdict Defer(SmtpReply reply) => reply.IsTransient
        ? new(new Decision.Defer(reply), [])
        : throw new ArgumentException("A deferral needs a 4yz reply", nameof(reply));

    /// <summary>Accepts and throws away.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The verdict.</returns>
    public static Verdict Discard(string reason) => new(new Decision.Discard(reason), []);

    /// <summary>Accepts and keeps from the recipients until released.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>The verdict.</returns>
    public static Verdict Hold(string reason) => new(new Decision.Hold(reason), []);

    /// <summary>Passes with effects.</summary>
    /// <param name="effects">The effects, in their order.</param>
    /// <returns>The verdict.</returns>
    public static Verdict Apply(params ReadOnlySpan<Effect> effects) => new(Decision.Pass.Instance, [.. effects]);

    /// <summary>The same verdict with one effect more.</summary>
    /// <param name="effect">The effect.</param>
    /// <returns>A new verdict.</returns>
    public Verdict With(Effect effect) => this with { Effects = Effects.Add(effect) };

    /// <summary>A single effect stands for a pass with it.</summary>
    /// <param name="effect">The effect.</param>
    public static implicit operator Verdict(Effect effect) => Apply(effect);
}
