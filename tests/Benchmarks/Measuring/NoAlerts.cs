using PluginMail.Pipeline;

namespace PluginMail.Benchmarks.Measuring;

/// <summary>Tells nobody.</summary>
internal sealed class NoAlerts : IAdministratorAlerts
{
    public void Raise(string key, string subject, string text)
    {
        // Nothing here sends too much.
    }
}
