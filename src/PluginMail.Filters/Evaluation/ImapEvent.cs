using System.Collections.Immutable;

namespace PluginMail.Filters.Evaluation;

/// <summary>Why a script runs on mail that is there (RFC 6785 section 4.3).</summary>
public enum ImapCause
{
    /// <summary>A client has put the message into the mailbox.</summary>
    Append,

    /// <summary>A client has copied or moved the message into the mailbox.</summary>
    Copy,

    /// <summary>A client has changed the message's flags.</summary>
    Flag,
}

/// <summary>
/// The IMAP event on which a script runs (RFC 6785). The message is in its mailbox already, and stays as it is unless a script says otherwise;
/// there is no envelope, and nobody is answered.
/// </summary>
/// <param name="Cause">What the client did.</param>
/// <param name="Mailbox">The UTF-8 name of the mailbox that the message is in.</param>
/// <param name="User">The login of the client's user.</param>
/// <param name="Email">That user's main address.</param>
public sealed record ImapEvent(ImapCause Cause, string Mailbox, string User, string Email)
{
    /// <summary>The flags that were set or taken away, system flags with their backslash; of other events none.</summary>
    public ImmutableArray<string> ChangedFlags { get; init; } = [];

    /// <summary>The message's flags after the change. A script begins with them, and those of its keep are the message's from then on.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>The cause as scripts see it.</summary>
    internal string CauseName => Cause switch { ImapCause.Append => "APPEND", ImapCause.Copy => "COPY", _ => "FLAG" };
}
