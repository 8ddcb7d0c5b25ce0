using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Dlp.Fingerprints;
using PluginMail.Dlp.Rules;

namespace PluginMail.Dlp.Commands;

/// <summary><c>register NAME PATH...</c></summary>
internal sealed class RegisterCommand(DocumentRegister register) : ICommand
{
    public string Name => "register";

    public string Summary => "register NAME PATH...: takes the fingerprints of files and folders into a collection";

    public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
    {
        if (arguments.Count < 2 || !RuleSettings.IsName(arguments[0]))
        {
            await output.WriteLineAsync("usage: register NAME PATH...");
            return 2;
        }

        List<Registration> added = [];
        foreach (string path in arguments.Skip(1))
        {
            if (!Path.IsPathFullyQualified(path) || (!File.Exists(path) && !Directory.Exists(path)))
            {
                await output.WriteLineAsync($"{path} is no absolute path of a file or folder that the server can see");
                return 2;
            }

            added.Add(new Registration(arguments[0], Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))));
        }

        var result = await Task.Run(
            () => register.UpdateAsync(registrations => [.. registrations.Concat(added).Distinct()], cancellationToken), cancellationToken);
        string problems = result.Unreadable == 0 ? "" : $", {result.Unreadable} of them not in full: see list {arguments[0]}";
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{result.Read} documents read{problems}"));
        if (result.Links > 0)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{result.Links} symbolic links in registered folders are not followed: register what they lead to"));
        }

        return 0;
    }
}
