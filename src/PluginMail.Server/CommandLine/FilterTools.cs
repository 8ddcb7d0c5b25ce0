using System.CommandLine;
using System.Text.Json;
using PluginMail.Configuration.Options;
using PluginMail.Filters;

namespace PluginMail.Server;

/// <summary>What tools that check scripts know of the server and an account: asked of the running server, or of the store.</summary>
internal static class FilterTools
{
    /// <summary>The option by which tools are told whose script it is.</summary>
    public static Option<string?> AccountOption() =>
        new("--account") { Description = "Whose script it is: the server or the store is asked for folders, addresses and plugins' words", HelpName = "ACCOUNT" };

    /// <summary>A number with its noun: "1 error", "2 errors".</summary>
    public static string Count(long number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    /// <summary>Asks for what an account's scripts can use.</summary>
    /// <returns>The options; or null and why not.</returns>
    public static async Task<(FilterCompilerOptions? Options, string? Problem)> AskAsync(
        MailServerOptions server, string account, CancellationToken cancellationToken)
    {
        try
        {
            AdminResponse response = await AdminClient.RunAsync(
                server, CommandContext.Request("filter words", [("account", account), ("json", "true")]), cancellationToken);
            return response.Status == 0 && response.Text is { } text
                ? (JsonSerializer.Deserialize(text, FilterSurroundingsJson.Default.FilterSurroundings)!.ToOptions(), null)
                : (null, response.Message ?? "the server does not say what scripts can use");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return (null, e.Message);
        }
    }
}
