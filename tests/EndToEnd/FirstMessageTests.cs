using System.Text.RegularExpressions;

namespace PluginMail.EndToEnd;

/// <summary>What README.md tells a newcomer to type, typed.</summary>
public sealed class FirstMessageTests
{
    private const string Marker = "<!-- tested: first-message -->";

    [SkippableFact]
    public async Task The_first_message_of_the_README_arrives_in_its_folder()
    {
        Programs.Require("swaks", "curl");
        string folder = Directory.CreateTempSubdirectory("pluginmail-").FullName;
        try
        {
            File.Copy(Path.Combine(Repository.Root, "mail.toml"), Path.Combine(folder, "mail.toml"));
            await using MailServerProcess server = await MailServerProcess.StartInAsync(folder);
            ProgramResult typed = await TypeAsync(folder, await ReadBlockAsync());
            typed.Succeeded();
            Assert.Contains("Subject: Invoice 7", typed.Output[typed.Output.IndexOf("=== Connection closed", StringComparison.Ordinal)..], StringComparison.Ordinal);
            string id = Regex.Match(typed.Output, @"250 2\.0\.0 Ok (\S+)", RegexOptions.None, TimeSpan.FromMinutes(1)).Groups[1].Value;
            await Eventually.TrueAsync(
                async () => (await server.RunAsync("explain", id)).Output.Contains("Finance", StringComparison.Ordinal), $"explain {id} speaks of Finance");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The lines of the block behind the marker.</summary>
    private static async Task<string> ReadBlockAsync()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        int marker = readme.IndexOf(Marker, StringComparison.Ordinal);
        Assert.True(marker >= 0, $"README.md has no {Marker}");
        string block = readme[(readme.IndexOf("```sh\n", marker, StringComparison.Ordinal) + 6)..];
        return block[..block.IndexOf("```", StringComparison.Ordinal)];
    }

    /// <summary>Runs a block in a shell in which <c>dotnet run --project src/PluginMail.Server --</c> is the server that is built.</summary>
    private static Task<ProgramResult> TypeAsync(string folder, string block) => Programs.RunAsync(
        "bash",
        [
            "-euo", "pipefail", "-c",
            $$"""
            dotnet() {
              [ "${*:1:4}" = "run --project src/PluginMail.Server --" ] || { echo "not a command of the server: dotnet $*" >&2; return 1; }
              shift 4
              command "{{Programs.DotNet}}" "{{Repository.Server}}" "$@"
            }
            {{block}}
            """,
        ],
        input: null,
        folder);
}
