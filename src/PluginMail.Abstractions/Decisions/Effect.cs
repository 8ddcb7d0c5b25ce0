namespace PluginMail.Abstractions;

/// <summary>A change that a role asks for and the core makes.</summary>
public abstract record Effect
{
    private protected Effect()
    {
    }

    /// <summary>Adds a recipient to the envelope. It is routed like any other, without the relay policy's questions.</summary>
    /// <param name="Recipient">Whom; one who is a recipient already stays as it is.</param>
    public sealed record AddRecipient(EmailAddress Recipient) : Effect
    {
        /// <summary>What is asked for it about reports (RFC 3461: NOTIFY, ORCPT); null where nothing is.</summary>
        public RecipientDsn? Dsn { get; init; }
    }

    /// <summary>Takes a recipient off the envelope; none is no fault.</summary>
    /// <param name="Recipient">Whom.</param>
    public sealed record RemoveRecipient(EmailAddress Recipient) : Effect;

    /// <summary>Changes the reverse path.</summary>
    /// <param name="Sender">The new one; null is the null sender.</param>
    public sealed record ChangeSender(EmailAddress? Sender) : Effect
    {
        /// <summary>A new ENVID (RFC 3461 section 4.4), as xtext; null leaves the client's.</summary>
        public string? EnvelopeId { get; init; }

        /// <summary>A new RET (RFC 3461 section 4.3); null leaves the client's.</summary>
        public DsnReturn? Return { get; init; }
    }

    /// <summary>Replaces the whole message by one that the builder describes. Later editors see the new one.</summary>
    /// <param name="Replacement">The new message.</param>
    public sealed record ReplaceMessage(MessageBuilder Replacement) : Effect;

    /// <summary>Replaces what follows the header's empty line; the header stays, so edit it too where its fields describe the body.</summary>
    /// <param name="Octets">The new body; must not change afterwards.</param>
    public sealed record ReplaceBody(ReadOnlyMemory<byte> Octets) : Effect;

    /// <summary>Adds points to the message's score; the core compares the sum with the [spam] thresholds.</summary>
    /// <param name="Points">May be negative.</param>
    /// <param name="Reason">A word for trace and header, as <c>DNSBL_ZEN</c>; one with control characters is a fault.</param>
    public sealed record Score(double Points, string Reason) : Effect;

    /// <summary>Marks the message for later roles, filters and the trace.</summary>
    /// <param name="Name">As <c>virus</c>; one with control characters is a fault.</param>
    public sealed record Tag(string Name) : Effect;

    /// <summary>Spares the rest of this transaction the named plugins (an allow list past greylisting); built-in policy cannot be bypassed.</summary>
    /// <param name="Plugin">The plugin's name in mail.toml.</param>
    public sealed record Bypass(string Plugin) : Effect;
}
