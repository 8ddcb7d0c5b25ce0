namespace PluginMail.Pipeline;

/// <summary>What an access rule says of mail.</summary>
public enum AccessAction
{
    /// <summary>It is spared greylisting, block lists and reverse DNS, and no further rule is asked.</summary>
    Permit,

    /// <summary>It is refused for good.</summary>
    Refuse,

    /// <summary>It is refused for now.</summary>
    Defer,

    /// <summary>It waits in the queue for a person.</summary>
    Hold,

    /// <summary>It is accepted and dropped; by a rule on recipients, for that recipient alone.</summary>
    Discard,

    /// <summary>The rule has nothing to say of it: the next rule is asked. Makes exceptions within a list.</summary>
    Pass,
}

/// <summary>What an access rule looks at.</summary>
public enum AccessSubject
{
    /// <summary>The client's address.</summary>
    Client,

    /// <summary>What the client calls itself (HELO, EHLO, LHLO).</summary>
    Hello,

    /// <summary>The reverse path.</summary>
    Sender,

    /// <summary>The forward path.</summary>
    Recipient,
}
