using PluginMail.Abstractions;

namespace PluginMail.Testing;

/// <summary>Mail that a plugin brought in.</summary>
/// <param name="Envelope">Its envelope.</param>
/// <param name="Direction">Which way it goes.</param>
/// <param name="Octets">A copy of its octets.</param>
/// <param name="Key">Its idempotency key.</param>
public sealed record SubmittedMail(Envelope Envelope, Direction Direction, byte[] Octets, string Key);

/// <summary>Takes mail over and keeps it for the test to look at.</summary>
public sealed class TestSubmission : ISubmission
{
    private readonly Lock _lock = new();
    private readonly List<SubmittedMail> _taken = [];

    /// <summary>What was taken, in its order.</summary>
    public IReadOnlyList<SubmittedMail> Taken
    {
        get
        {
            lock (_lock)
            {
                return [.. _taken];
            }
        }
    }

    /// <summary>What a new message is answered; anything but Accepted and Held takes nothing.</summary>
    public SubmissionResult Result { get; set; } = SubmissionResult.Accepted;

    /// <summary>Why a message is not taken; null where nobody says.</summary>
    public SmtpReply? Reply { get; set; }

    /// <summary>Whether <see cref="SubmissionResult.Refused"/> is because no recipient is known.</summary>
    public bool IsForNobodyHere { get; set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The envelope holds what is no address: the server's throws too.</exception>
    public ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
    {
        if ((message.Envelope.Sender is { } sender && IsNoAddress(sender)) || message.Envelope.Recipients.Any(IsNoAddress))
        {
            throw new ArgumentException("the envelope holds what is no address", nameof(message));
        }

        lock (_lock)
        {
            if (_taken.Exists(mail => mail.Key == idempotencyKey))
            {
                return new(SubmissionResult.Duplicate);
            }

            if (Result is SubmissionResult.Accepted or SubmissionResult.Held)
            {
                byte[] octets = new byte[message.Content.Length];
                message.Content.Read(0, octets);
                _taken.Add(new SubmittedMail(message.Envelope, message.Direction, octets, idempotencyKey));
            }

            return new(Result);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SubmissionAnswer> SubmitForAnswerAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
    {
        SubmissionResult result = await SubmitAsync(message, idempotencyKey, cancellationToken);
        return result is SubmissionResult.Failed or SubmissionResult.TooLarge or SubmissionResult.Refused
            ? new SubmissionAnswer(result) { Reply = Reply, IsForNobodyHere = result == SubmissionResult.Refused && IsForNobodyHere }
            : new SubmissionAnswer(result);
    }

    private static bool IsNoAddress(EmailAddress address) =>
        address?.LocalPart is null || address.Domain is null || !EmailAddress.TryParse(address.ToString(), out _);
}
