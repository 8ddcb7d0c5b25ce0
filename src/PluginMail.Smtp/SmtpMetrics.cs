using System.Diagnostics.Metrics;
using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>What is counted of replies.</summary>
internal static class SmtpMetrics
{
    private static readonly Meter Meter = new("PluginMail");
    private static readonly Counter<long> Replies = Meter.CreateCounter<long>(
        "pluginmail.smtp.replies", "{reply}", "Replies to commands, by protocol (smtp, submission, lmtp) and first digit of the code: 2yz, 3yz, 4yz, 5yz");

    /// <summary>A reply was written.</summary>
    /// <param name="protocol">The service's name.</param>
    /// <param name="reply">The reply.</param>
    public static void Replied(string protocol, SmtpReply reply) => Replies.Add(1, new("protocol", protocol), new("code", ClassOf(reply)));

    private static string ClassOf(SmtpReply reply) => reply.Code switch
    {
        < 300 => "2yz",
        < 400 => "3yz",
        < 500 => "4yz",
        _ => "5yz",
    };
}
