using System.Collections.Immutable;

namespace PluginMail.Filters.Evaluation;

/// <summary>The effects that answer somebody: replies, refusals, notices.</summary>
public abstract partial record FilterEffect
{
    /// <summary>The action's word, for messages.</summary>
    internal string Name => this switch
    {
        FileInto => "fileinto",
        FileIntoMailbox => "move",
        Reject { PrefersReply: true } => "ereject",
        PluginAction plugin => plugin.Action.Name,
        _ => GetType().Name.ToLowerInvariant(),
    };

    /// <summary>Answer the sender that the owner is away (RFC 5230). The host sends it once in the interval to one sender.</summary>
    /// <param name="Text">The answer: text, or a MIME entity.</param>
    public sealed record Vacation(string Text) : FilterEffect
    {
        /// <summary>Who gets it: the sender of the envelope.</summary>
        public string Recipient { get; init; } = "";

        /// <summary>Its subject.</summary>
        public string Subject { get; init; } = "";

        /// <summary>Its author as addresses; null: the owner.</summary>
        public string? From { get; init; }

        /// <summary>Whether the text is a MIME entity with its header (RFC 5230 4.4).</summary>
        public bool IsMime { get; init; }

        /// <summary>How long the same sender gets no second one; zero: he gets one each time (RFC 6131).</summary>
        public TimeSpan Interval { get; init; }

        /// <summary>Whether the script leaves the interval to the host.</summary>
        internal bool HasDefaultInterval { get; init; }

        /// <summary>Says which answer this is: handle, or a digest of what the script says, before variables (RFC 5230 4.2).</summary>
        public string Handle { get; init; } = "";

        /// <summary>The Message-ID that it answers, with its angle brackets; null where there is none.</summary>
        public string? InReplyTo { get; init; }

        /// <summary>The message identifiers for its References field.</summary>
        public ImmutableArray<string> References { get; init; } = [];

        /// <summary>Where a copy of it is filed (RFC 8580); null: nowhere.</summary>
        public FileInto? Fcc { get; init; }

        /// <summary>Why it is not sent whatever the host knows (RFC 5230 4.5, 4.6), as "it came through a mailing list"; null where it may be.</summary>
        public string? Obstacle { get; init; }

        internal override bool ConflictsWith(FilterEffect other) => other is Vacation;

        /// <inheritdoc/>
        public override string ToString() => Obstacle is null ? $"vacation \"{Recipient}\"" : $"vacation (not sent: {Obstacle})";
    }

    /// <summary>Refuse the message (RFC 5429).</summary>
    /// <param name="Reason">What the sender is told; may hold several lines and any character.</param>
    public sealed record Reject(string Reason) : FilterEffect
    {
        /// <summary>Whether a refusal in the session is better than the reason's exact text: ereject.</summary>
        public bool PrefersReply { get; init; }

        // RFC 5429 2.4: a message is either delivered or refused.
        internal override bool ConflictsWith(FilterEffect other) =>
            other is Reject or Vacation or Keep or FileInto or FileIntoMailbox or Redirect or PluginAction;

        /// <inheritdoc/>
        public override string ToString() => $"{Name} \"{Reason}\"";
    }

    /// <summary>Tell somebody of the message (RFC 5435).</summary>
    /// <param name="Method">The way, as a URI.</param>
    public sealed record Notify(string Method) : FilterEffect
    {
        /// <summary>Its recipients.</summary>
        public ImmutableArray<string> To { get; init; } = [];

        /// <summary>Its further recipients.</summary>
        public ImmutableArray<string> Cc { get; init; } = [];

        /// <summary>Its subject.</summary>
        public string Subject { get; init; } = "";

        /// <summary>Its text.</summary>
        public string Body { get; init; } = "";

        /// <summary>Its author as an address; null: the owner.</summary>
        public string? From { get; init; }

        /// <summary>"1" high, "2" normal, "3" low.</summary>
        public string Importance { get; init; } = "2";

        /// <summary>Further fields of its header.</summary>
        public ImmutableArray<(string Name, string Value)> Fields { get; init; } = [];

        /// <summary>The message identifiers for its References field.</summary>
        public ImmutableArray<string> References { get; init; } = [];

        /// <summary>Where a copy of it is filed (RFC 8580); null: nowhere.</summary>
        public FileInto? Fcc { get; init; }

        /// <summary>Why it is not sent (RFC 5436 2.7); null where it may be.</summary>
        public string? Obstacle { get; init; }

        /// <inheritdoc/>
        public override string ToString() => Obstacle is null ? $"notify \"{Method}\"" : $"notify (not sent: {Obstacle})";
    }
}
