using System.Text.Json;

namespace PluginMail.EndToEnd;

/// <summary>Neovim edits a script with `pluginmail filter lsp` as its language server.</summary>
public sealed class LanguageServerTests
{
    [SkippableFact]
    public async Task Neovim_shows_repairs_completes_and_formats()
    {
        Programs.Require("nvim");
        string folder = Directory.CreateTempSubdirectory("pluginmail-lsp").FullName;
        try
        {
            string script = Path.Combine(folder, "rules.sieve");
            await File.WriteAllTextAsync(script, "require \"fileinto\";\n# rule:[Größe  é😀]\nif subject :start_with \"Rechnung\"{fileinto   \"Größe\";}\n");
            ProgramResult session = await Programs.RunAsync(
                "nvim",
                ["--headless", "-u", "NONE", "-c", $"luafile {Repository.ClientScript("lsp_session.lua")}"],
                input: null,
                folder,
                new Dictionary<string, string>
                {
                    ["HOME"] = folder,
                    ["LSP_FILE"] = script,
                    ["LSP_COMMAND"] = JsonSerializer.Serialize((string[])[Programs.DotNet, Repository.Server, "filter", "lsp"]),
                });
            string[] lines = session.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(
                [
                    "findings F1005@2:11",
                    "fix write `:starts_with` (F1005)",
                    "line if subject :starts_with \"Rechnung\"{fileinto   \"Größe\";}",
                    "complete :over :under",
                    "hover ```sieve|subject [COMPARATOR] [MATCH-TYPE] [:base] <key-list: string-list>|```|Matches the decoded subject.||plain words",
                    "formatted require \"fileinto\";|# rule:[Größe  é😀]|if subject :starts_with \"Rechnung\" { fileinto \"Größe\"; }",
                    "findings ",
                    "stopped",
                ],
                lines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    public async Task Neovim_knows_the_folders_of_an_account_of_the_running_server()
    {
        Programs.Require("nvim");
        await using MailServerProcess server = await MailServerProcess.StartAsync();
        (await server.RunAsync("domain", "add", "example.test")).Succeeded();
        Login login = await server.AddAccountAsync("anna");
        string script = Path.Combine(server.Folder, "rules.sieve");
        await File.WriteAllTextAsync(script, "require \"fileinto\";\nfileinto \"Trahs\";\nfileinto \"Trash\";\n");
        ProgramResult session = await Programs.RunAsync(
            "nvim",
            ["--headless", "-u", "NONE", "-c", $"luafile {Repository.ClientScript("lsp_account.lua")}"],
            input: null,
            server.Folder,
            new Dictionary<string, string>
            {
                ["HOME"] = server.Folder,
                ["LSP_FILE"] = script,
                ["LSP_COMMAND"] = JsonSerializer.Serialize(
                    (string[])[Programs.DotNet, Repository.Server, "filter", "lsp", "--account", login.Address, "--config", server.Configuration]),
            });
        string[] lines = session.Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("F2018 The mailbox has no folder \"Trahs\"; did you mean \"Trash\"?", lines[0]);
        Assert.Contains(" INBOX ", lines[^2], StringComparison.Ordinal);
        Assert.EndsWith(" Trash", lines[^2], StringComparison.Ordinal);
        Assert.Equal("hover `Trash`: a folder of the mailbox", lines[^1]);
    }
}
