using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Dlp.Fingerprints;

namespace PluginMail.Dlp.Commands;

/// <summary><c>unregister NAME [PATH...]</c></summary>
internal sealed class UnregisterCommand(DocumentRegister register, FingerprintIndex index) : ICommand
{
    public string Name => "unregister";

    public string Summary => "unregister NAME [PATH...]: forgets what was registered by command: a collection, or some of its paths";

    public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
    {
        if (arguments.Count == 0)
        {
            await output.WriteLineAsync("usage: unregister NAME [PATH...]");
            return 2;
        }

        var paths = arguments.Skip(1).Select(Path.TrimEndingDirectorySeparator).ToHashSet(StringComparer.Ordinal);
        bool IsNamed(Registration registration) =>
            registration.Collection == arguments[0] && (paths.Count == 0 || paths.Contains(registration.Path));
        if (!index.Catalog.Registrations.Any(IsNamed))
        {
            await output.WriteLineAsync("nothing of that was registered by command; collections of mail.toml are changed there");
            return 1;
        }

        var result = await Task.Run(
            () => register.UpdateAsync(registrations => registrations.RemoveAll(IsNamed), cancellationToken), cancellationToken);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Forgotten} documents forgotten"));
        return 0;
    }
}
