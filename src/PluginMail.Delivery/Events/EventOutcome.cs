using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>What scripts decided of a message on an IMAP event.</summary>
/// <param name="Message">The message.</param>
/// <param name="Flags">Its flags when they ran.</param>
/// <param name="FlagNames">The same by name.</param>
/// <param name="Result">What they decided.</param>
/// <param name="Elapsed">How long they took.</param>
internal sealed record EventOutcome(
    StoredMessage Message, MessageFlags Flags, ImmutableArray<string> FlagNames, FilterResult Result, TimeSpan Elapsed)
{
    public uint Uid => Message.Uid;

    /// <summary>Whether the message stays; otherwise it is flagged \Deleted (RFC 6785 section 2.2.4).</summary>
    public bool Stays { get; set; }

    /// <summary>The flags that it then has; null: as they are.</summary>
    public ImmutableArray<string>? Wanted { get; set; }
}
