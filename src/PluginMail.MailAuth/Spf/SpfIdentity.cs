namespace PluginMail.MailAuth;

/// <summary>Which name of the client is checked (RFC 7208 section 2.3 and 2.4).</summary>
public enum SpfIdentity
{
    /// <summary>The reverse path; for the null sender postmaster at the HELO name.</summary>
    MailFrom,

    /// <summary>The name in HELO or EHLO.</summary>
    Helo,
}
