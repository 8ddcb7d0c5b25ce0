using PluginMail.Abstractions;

namespace PluginMail.Plugins.Generations;

/// <summary>Submission for one plugin: its idempotency keys are its own, so that no other plugin and no part of the server can use one up.</summary>
/// <param name="name">The plugin's name in mail.toml.</param>
/// <param name="submission">Where the mail goes.</param>
internal sealed class PluginSubmission(string name, ISubmission submission) : ISubmission
{
    public ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken) =>
        submission.SubmitAsync(message, $"plugins/{name}/{idempotencyKey}", cancellationToken);
}
