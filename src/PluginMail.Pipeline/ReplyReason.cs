using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Why a reply refuses, as metrics tell it: a handful of classes.</summary>
public static class ReplyReason
{
    /// <summary>The class of a reply: the subject of its enhanced status code (RFC 3463 section 3).</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>As <c>policy</c>; <c>none</c> for one that refuses nothing, <c>other</c> where it has no status.</returns>
    public static string Of(SmtpReply reply) => reply.IsPositive ? "none" : reply.Status?.Subject switch
    {
        1 => "address",
        2 => "mailbox",
        3 => "system",
        4 => "network",
        5 => "protocol",
        6 => "content",
        7 => "policy",
        _ => "other",
    };
}
