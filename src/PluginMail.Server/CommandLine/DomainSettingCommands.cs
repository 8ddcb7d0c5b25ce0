using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>domain set|export|apply</c>.</summary>
internal static class DomainSettingCommands
{
    public static Command Set(CommandContext context)
    {
        var domain = new Argument<string>("DOMAIN");
        var catchAll = new Option<string?>("--catch-all") { Description = "Who gets mail for unknown recipients; none: they are refused" };
        var aliasOf = new Option<string?>("--alias-of") { Description = "The domain that it stands for, local part by local part; or none" };
        var relay = new Option<string?>("--relay")
        {
            Description = "Takes mail from anybody and sends it on (backup MX): all, listed (aliases that stand for themselves) or none",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var subaddress = new Option<string?>("--subaddress") { Description = "What parts user+detail, as +; \"\" for nothing" };
        var quota = new Option<string?>("--quota") { Description = "The quota of new accounts, as 500M or 2G; 0: no limit" };
        var size = new Option<string?>("--message-size") { Description = "The largest message, as 25M; 0: what mail.toml says" };
        var accounts = new Option<string?>("--accounts") { Description = "The most accounts; 0: no limit" };
        var command = new Command("set", "Changes what is given of a domain's policy") { domain, catchAll, aliasOf, relay, subaddress, quota, size, accounts };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                "domain set",
                [
                    ("domain", parsed.GetValue(domain)),
                    ("catch-all", parsed.GetValue(catchAll)),
                    ("alias-of", parsed.GetValue(aliasOf)),
                    ("relay", parsed.GetValue(relay) ?? (parsed.GetResult(relay) is null ? null : "all")),
                    ("subaddress", parsed.GetValue(subaddress)),
                    ("quota", parsed.GetValue(quota)),
                    ("message-size", parsed.GetValue(size)),
                    ("accounts", parsed.GetValue(accounts)),
                ]),
            cancellationToken));
        return command;
    }

    public static Command Export(CommandContext context)
    {
        var domains = new Argument<string[]>("DOMAIN") { Arity = ArgumentArity.ZeroOrMore, Description = "Only these; without any, all" };
        var command = new Command("export", "Prints domains with accounts, aliases and lists as TOML; passwords as verifiers") { domains };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("domain export", [], parsed.GetValue(domains)), cancellationToken));
        return command;
    }

    public static Command Apply(CommandContext context)
    {
        var file = new Argument<string>("FILE") { Description = "As domain export writes it; - is standard input" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what would be changed, and changes nothing" };
        var command = new Command("apply", "Makes domains, accounts, aliases and lists what a TOML file says; what it does not name stays") { file, dryRun };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string path = parsed.GetValue(file)!;
            byte[] text;
            try
            {
                await using Stream stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
                using var buffer = new MemoryStream();
                await stream.CopyToAsync(buffer, cancellationToken);
                text = buffer.ToArray();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return CommandContext.Show(AdminResponse.Failed(e.Message), parsed.GetValue(context.Json));
            }

            return await context.RunAsync(
                parsed,
                CommandContext.Request("domain apply", [("file", path), ("dry-run", parsed.GetValue(dryRun) ? "true" : "false")], data: text),
                cancellationToken);
        });
        return command;
    }
}
