using PluginMail.Abstractions;

namespace PluginMail.Queue;

/// <summary>What a status code (RFC 3463) means to the sender, and what the sender can do.</summary>
/// <param name="Why">A sentence.</param>
/// <param name="WhatToDo">Another.</param>
internal readonly record struct Explanation(string Why, string WhatToDo)
{
    private static readonly Explanation Unknown = new(
        "The reply above says why; this server knows no more.", "If you cannot make sense of it, show this report to your administrator.");

    public static Explanation Of(SmtpReply reply, bool isExpired, bool isOwn)
    {
        if (reply.Status is not { } status)
        {
            return isExpired ? NoAnswer : Unknown;
        }

        return (status.Subject, status.Detail) switch
        {
            (1, 1) => new("There is no such address.", "Check the address for mistypings, or ask the recipient for the right one."),
            (1, 2) or (4, 4) => new("The part of the address behind the @ is unknown, or takes no mail.", "Check that part for mistypings."),
            (1, 10) => new("The domain says that it takes no mail at all.", "Reach the recipient at another address."),
            (1, 6) => new("The recipient has moved and left no address.", "Ask the recipient for the new address."),
            (1, _) => new("Something is wrong with an address.", "Check the addresses for mistypings."),
            (2, 1) => new("The mailbox takes no mail at present.", "Reach the recipient some other way."),
            (2, 2) => new("The mailbox is full.", "Tell the recipient some other way, and send the message again later."),
            (2, 3) or (3, 4) => new("The message is too large for the other side.", "Send it again with fewer or smaller attachments."),
            (3, _) => new("The other side's system cannot take mail at present.", "Send the message again later."),
            (4, 6) => new("The message went round in a circle: forwardings lead to each other.", "Tell the recipient, or show this report to your administrator."),
            (4, _) => NoAnswer,
            (6, _) => new("The other side cannot handle this kind of message.", "Send it in a simpler form: plain text, without special addresses."),
            (7, 10 or 30) => new("A protected connection is required, and could not be had.", "Show this report to your administrator."),
            (7, 1) when isOwn => new(
                "This server refuses the message by its rules, or its administrator by a decision.",
                "What happened, above, may say which. Ask your administrator if you think it is wrong."),
            (7, _) => new("The other side refuses the message by its rules.", "Its reply above may say which. Show this report to your administrator if you think it is wrong."),
            _ => Unknown,
        };
    }

    private static Explanation NoAnswer => new(
        "The other side's mail server could not be reached, or did not answer properly.", "It may be out of order for long. Try another way, or send the message again later.");
}
