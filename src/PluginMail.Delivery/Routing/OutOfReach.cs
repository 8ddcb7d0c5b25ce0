using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>Says in log and trace which targets of an alias are not served, because they are elsewhere and nothing is sent there.</summary>
internal static class OutOfReach
{
    public static void Report(DeliveryRequest request, ImmutableArray<EmailAddress> targets, ILogger log)
    {
        foreach (EmailAddress target in targets)
        {
            SmtpReply reply = RecipientReplies.Unroutable(target);
            DeliveryLog.NotDelivered(log, request.TransactionId, target, reply.ToString());
            request.Trace.Add(new TraceEntry("delivery", "router", "refuse", reply.ToString(), target.ToString()));
        }
    }
}
