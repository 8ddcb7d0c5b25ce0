using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>What a letter is written on.</summary>
/// <param name="TransactionId">The transaction by which it is explained.</param>
/// <param name="Sender">Who sent the message; null is the null sender, and then no letter gets a report.</param>
/// <param name="Trace">Where it is recorded.</param>
internal sealed record LetterOccasion(string TransactionId, EmailAddress? Sender, DecisionTrace Trace)
{
    /// <summary>A delivery.</summary>
    public static LetterOccasion Of(DeliveryRequest request) => new(request.TransactionId, request.Envelope.Sender, request.Trace);
}
