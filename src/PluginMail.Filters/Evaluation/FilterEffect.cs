using System.Collections.Immutable;

namespace PluginMail.Filters.Evaluation;

/// <summary>
/// An effect that the host carries out after the script has ended, in the order of the result. Outgoing mail: keep sends
/// it; filing puts it in the sender's mailbox; a result without keep does not send.
/// </summary>
public abstract partial record FilterEffect
{
    /// <summary>The line of the script that asked for it; 0 for the implicit keep.</summary>
    public int Line { get; init; }

    /// <summary>The name of the script that asked for it; empty for the implicit keep.</summary>
    public string Script { get; init; } = "";

    /// <summary>The rule of the script that asked for it; null for the implicit keep.</summary>
    public FilterRule? Rule { get; init; }

    /// <summary>Whether it leaves the implicit keep as it is (RFC 3894).</summary>
    public bool IsCopy { get; init; }

    /// <summary>What the script had changed of the message when it took the action; what is stored or sent on has these changes.</summary>
    public ImmutableArray<MessageChange> Changes { get; init; } = [];

    /// <summary>Whether a script that asks for both is at fault.</summary>
    internal virtual bool ConflictsWith(FilterEffect other) => false;

    /// <summary>The IMAP flags of the copy (RFC 5232), system flags with their backslash; of keeps and filings.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>File in INBOX, or send where the mail is outgoing (RFC 5228 4.3).</summary>
    public sealed record Keep : FilterEffect
    {
        /// <summary>Whether no action of the script asked for it (RFC 5228 2.10.2).</summary>
        public bool IsImplicit { get; init; }

        /// <inheritdoc/>
        public override string ToString() => (IsImplicit ? "implicit keep" : "keep") + FlagsMark;
    }

    /// <summary>File in a folder of the mailbox (RFC 5228 4.1).</summary>
    /// <param name="Folder">The folder's UTF-8 name.</param>
    public sealed record FileInto(string Folder) : FilterEffect
    {
        /// <summary>The special use (RFC 6154) of the folder that is meant if there is one, such as "\Trash"; otherwise null.</summary>
        public string? SpecialUse { get; init; }

        /// <summary>The identifier (RFC 8474) of the folder that is meant if there is one; otherwise null.</summary>
        public string? MailboxId { get; init; }

        /// <summary>Whether the script asks for the folder to be made where it is missing (RFC 5490 3.2).</summary>
        public bool Creates { get; init; }

        /// <inheritdoc/>
        public override string ToString() => $"fileinto{CopyMark}{FlagsMark}{(Creates ? " :create" : "")} \"{Folder}\"";
    }

    /// <summary>Deliver to another mailbox: locally where the address is local, by a redirect elsewhere.</summary>
    /// <param name="Address">The mailbox's address.</param>
    public sealed record FileIntoMailbox(string Address) : FilterEffect
    {
        /// <inheritdoc/>
        public override string ToString() => $"deliver{CopyMark} \"{Address}\"";
    }

    /// <summary>Send on to another address (RFC 5228 4.2). The host keeps the message where it drops the redirect.</summary>
    /// <param name="Address">The address, without a name; of a list that the host keeps, its name.</param>
    public sealed record Redirect(string Address) : FilterEffect
    {
        /// <summary>Whether it goes to the members of a list (RFC 6134 2.3).</summary>
        public bool IsList { get; init; }

        /// <inheritdoc/>
        public override string ToString() => $"redirect{CopyMark}{(IsList ? " :list" : "")} \"{Address}\"";
    }

    /// <summary>Run a plugin's action; the host hands it the message and carries out what it decides for this recipient.</summary>
    /// <param name="Action">The action.</param>
    /// <param name="Arguments">What the script gave it.</param>
    public sealed record PluginAction(PluginMail.Abstractions.FilterAction Action, PluginMail.Abstractions.FilterArguments Arguments) : FilterEffect
    {
        /// <inheritdoc/>
        public override string ToString() => Action.Name;
    }

    /// <summary>Nothing is done; it stands in the result so that a trace shows why nothing is kept (RFC 5228 4.4).</summary>
    public sealed record Discard : FilterEffect
    {
        /// <inheritdoc/>
        public override string ToString() => "discard";
    }

    /// <summary>Whether carrying out both would do the same thing twice to one place (RFC 5228 2.10.3).</summary>
    internal bool IsSameAs(FilterEffect other) => (this, other) switch
    {
        (FileInto left, FileInto right) => left.Folder == right.Folder && left.SpecialUse == right.SpecialUse && left.MailboxId == right.MailboxId,
        (FileIntoMailbox left, FileIntoMailbox right) => left.Address.Equals(right.Address, StringComparison.OrdinalIgnoreCase),
        (Redirect left, Redirect right) => left.IsList == right.IsList && left.Address.Equals(right.Address, StringComparison.OrdinalIgnoreCase),
        (Notify left, Notify right) => left.Method == right.Method && left.Subject == right.Subject && left.Body == right.Body && left.From == right.From,
        (PluginAction, PluginAction) => false,
        _ => GetType() == other.GetType(),
    };

    private string FlagsMark => Flags.IsEmpty ? "" : $" :flags \"{string.Join(' ', Flags)}\"";

    private string CopyMark => IsCopy ? " :copy" : "";
}
