namespace PluginMail.Imap;

/// <summary>How a command ended: its tagged response (RFC 3501 section 7.1), and what the session does after it.</summary>
/// <param name="Condition">OK, NO or BAD.</param>
/// <param name="Text">Response code and text.</param>
/// <param name="Then">What follows.</param>
internal sealed record Completion(string Condition, string Text, AfterReply Then = AfterReply.Continue)
{
    /// <summary>Whether the client did something wrong.</summary>
    public bool IsBad => Condition == "BAD";

    /// <summary>Done.</summary>
    public static Completion Ok(string text, AfterReply then = AfterReply.Continue) => new("OK", text, then);

    /// <summary>Not done, for a reason that is not the client's grammar.</summary>
    public static Completion No(string text) => new("NO", text);

    /// <summary>Not understood or not allowed here.</summary>
    public static Completion Bad(string text) => new("BAD", text);
}

/// <summary>What a session does after a tagged response.</summary>
internal enum AfterReply
{
    /// <summary>Reads the next command.</summary>
    Continue,

    /// <summary>Starts TLS.</summary>
    StartTls,

    /// <summary>Ends.</summary>
    Close,
}
