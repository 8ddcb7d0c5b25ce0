namespace PluginMail.Abstractions;

/// <summary>The moments of a session at which session checks are asked. The first five come in their order.</summary>
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

    /// <summary>The client is about to send the message (DATA, or the first BDAT), and recipients were accepted; Refuse and Defer are said to that command and end the transaction.</summary>
    Data = 32,

    /// <summary>A command that this server does not know, at any time; Refuse and Defer are said in place of 500 5.5.1. Nothing else of the verdict counts.</summary>
    UnknownCommand = 64,

    /// <summary>
    /// A recipient was refused: by the server's own policy, by an earlier stage, or by a check before this one in mail.toml. A note, not a question: the
    /// verdict does not count. Who refused it, and who was asked about it before it was refused, is not told.
    /// </summary>
    RefusedRecipient = 128,
}
