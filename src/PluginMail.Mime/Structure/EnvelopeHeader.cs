namespace PluginMail.Mime;

/// <summary>The header fields that IMAP's ENVELOPE shows (RFC 3501 section 7.4.2).</summary>
public enum EnvelopeHeader
{
    /// <summary>Date.</summary>
    Date,

    /// <summary>Subject.</summary>
    Subject,

    /// <summary>From.</summary>
    From,

    /// <summary>Sender.</summary>
    Sender,

    /// <summary>Reply-To.</summary>
    ReplyTo,

    /// <summary>To.</summary>
    To,

    /// <summary>Cc.</summary>
    Cc,

    /// <summary>Bcc.</summary>
    Bcc,

    /// <summary>In-Reply-To.</summary>
    InReplyTo,

    /// <summary>Message-ID.</summary>
    MessageId,
}
