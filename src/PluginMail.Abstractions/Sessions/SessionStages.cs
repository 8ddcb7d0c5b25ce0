namespace PluginMail.Abstractions;

/// <summary>The moments of a session at which session checks are asked, in their order.</summary>
[Flags]
public enum SessionStages
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A client connected; nothing has been said.</summary>
    Connect = 1,

    /// <summary>HELO, EHLO or LHLO.</summary>
    Greet = 2,

    /// <summary>AUTH succeeded.</summary>
    Authenticate = 4,

    /// <summary>MAIL FROM.</summary>
    Sender = 8,

    /// <summary>RCPT TO; what earlier stages refused is said here too.</summary>
    Recipient = 16,
}
