using PluginMail.Abstractions;

namespace PluginMail.Template;

/// <summary>Gives points to messages whose subject holds one of some words. A starting point for plugins.</summary>
// sample: Plugin
public sealed class TemplatePlugin : IMailPlugin
{
    /// <inheritdoc/>
    public ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        var options = SubjectWordsOptions.Read(host.Settings);
        return new([new SubjectWords(options, host.CreateLogger("subject"))]);
    }

    /// <inheritdoc/>
    public bool CheckSettings(ISettings settings, string hostname)
    {
        SubjectWordsOptions.Read(settings);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
// end sample
