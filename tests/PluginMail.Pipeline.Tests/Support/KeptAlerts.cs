namespace PluginMail.Pipeline.Tests;

/// <summary>Keeps what an administrator would be told.</summary>
internal sealed class KeptAlerts : IAdministratorAlerts
{
    private readonly Lock _lock = new();
    private readonly List<string> _subjects = [];

    /// <summary>The subjects, in their order.</summary>
    public IReadOnlyList<string> Subjects
    {
        get
        {
            lock (_lock)
            {
                return [.. _subjects];
            }
        }
    }

    /// <inheritdoc/>
    public void Raise(string key, string subject, string text)
    {
        lock (_lock)
        {
            _subjects.Add(subject);
        }
    }
}
