namespace PluginMail.MailAuth;

/// <summary>How messages are authenticated.</summary>
public sealed record MailAuthenticationOptions
{
    /// <summary>The name in Authentication-Results (RFC 8601 section 2.5): whoever reads the fields trusts those with this name.</summary>
    public required string AuthservId { get; init; }

    /// <summary>How long one message's look-ups may take together; what is open then is a temperror (RFC 7208 section 4.6.4 asks for 20 s).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>DKIM signatures of one message that are verified: those of an author's domain first, then from the top; more cost nothing but their reading.</summary>
    public int MaximumSignatures { get; init; } = 8;

    /// <summary>
    /// Whether a signature that leaves out the end of the body (l=, RFC 6376 section 8.2) can pass, and so satisfy DMARC. Off: anybody could have
    /// appended text to what was signed.
    /// </summary>
    public bool AcceptsPartialBodies { get; init; }

    /// <summary>
    /// Whether all Authentication-Results fields of messages from outside are removed, not only those under <see cref="AuthservId"/>
    /// (RFC 8601 section 5 allows both).
    /// </summary>
    public bool RemovesAllForeignResults { get; init; }

    /// <summary>Whether the client's address is checked against its reverse name (iprev, RFC 8601 section 3).</summary>
    public bool ChecksReverseName { get; init; } = true;
}
