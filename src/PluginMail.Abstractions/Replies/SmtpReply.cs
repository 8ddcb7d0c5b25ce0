namespace PluginMail.Abstractions;

/// <summary>A reply to an SMTP command (RFC 5321 section 4.2), with its enhanced status code (RFC 2034).</summary>
/// <param name="Code">Three digits: 2yz done, 3yz go on, 4yz try later, 5yz no.</param>
/// <param name="Status">The enhanced status code; null where RFC 2034 gives none (greetings, 3yz).</param>
/// <param name="Text">What a person reads; lines are parted by a line feed. Other control characters are replaced when it is sent.</param>
public sealed record SmtpReply(int Code, EnhancedStatusCode? Status, string Text)
{
    /// <summary>Whether the reply says that the command was done or may go on.</summary>
    public bool IsPositive => Code < 400;

    /// <summary>Whether the reply asks the client to try later.</summary>
    public bool IsTransient => Code is >= 400 and < 500;

    /// <summary>A permanent refusal for reasons of policy: 550 5.7.1 (RFC 3463 section 3.8).</summary>
    /// <param name="text">The reason, for a person.</param>
    /// <returns>The reply.</returns>
    public static SmtpReply PolicyRefusal(string text) => new(550, new EnhancedStatusCode(5, 7, 1), text);

    /// <summary>A temporary failure of this server: 451 4.3.0.</summary>
    /// <param name="text">The reason, for a person.</param>
    /// <returns>The reply.</returns>
    public static SmtpReply LocalError(string text) => new(451, new EnhancedStatusCode(4, 3, 0), text);

    /// <summary>The reply on one line, for logs.</summary>
    /// <returns>As <c>550 5.1.1 No such mailbox</c>.</returns>
    public override string ToString() =>
        Status is { } status ? $"{Code} {status} {Text.Replace('\n', ' ')}" : $"{Code} {Text.Replace('\n', ' ')}";
}
