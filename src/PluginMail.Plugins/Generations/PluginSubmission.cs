using PluginMail.Abstractions;
using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Generations;

/// <summary>Submission for one plugin: its idempotency keys are its own, so that no other plugin and no part of the server can use one up.</summary>
/// <param name="name">The plugin's name in small letters, however mail.toml spells it.</param>
/// <param name="submission">Where the mail goes.</param>
internal sealed class PluginSubmission(string name, ISubmission submission) : ISubmission
{
    public async ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken) =>
        (await SubmitForAnswerAsync(message, idempotencyKey, cancellationToken)).Result;

    public ValueTask<SubmissionAnswer> SubmitForAnswerAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
    {
        if ((message.Envelope.Sender is { } sender && VerdictNonsense.IsNoAddress(sender)) || message.Envelope.Recipients.Any(VerdictNonsense.IsNoAddress))
        {
            throw new ArgumentException("the envelope holds what is no address", nameof(message));
        }

        return submission.SubmitForAnswerAsync(message, $"plugins/{name}/{idempotencyKey}", cancellationToken);
    }
}
