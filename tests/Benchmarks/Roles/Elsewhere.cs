using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Benchmarks.Roles;

/// <summary>Stands for delivery: every address is a mailbox here, and every message arrives at once.</summary>
internal sealed class Elsewhere : IDelivery, IRecipientRouter
{
    /// <summary>The message that came last, as plugins see it.</summary>
    public IMessageView? Last { get; private set; }

    public ValueTask<DeliveryOutcome> DeliverAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        Last ??= request.View;
        return new(new DeliveryOutcome(IsDuplicate: false, [null]));
    }

    public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, CancellationToken cancellationToken) => new(RecipientKind.Local);

    public ValueTask<RecipientKind> ClassifyAsync(EmailAddress recipient, MailOrigin origin, CancellationToken cancellationToken) =>
        new(RecipientKind.Local);

    public ValueTask<bool> OwnsAsync(EmailAddress account, EmailAddress sender, CancellationToken cancellationToken) => new(true);
}

/// <summary>A trace log that forgets.</summary>
internal sealed class NoTraces : ITraceLog
{
    public void Append(DecisionTrace trace)
    {
    }

    public ValueTask<IReadOnlyList<string>> FindAsync(string transactionId, CancellationToken cancellationToken) => new([]);
}
