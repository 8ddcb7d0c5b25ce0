using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>account add|remove|list|show|password|quota|set</c>.</summary>
internal static class AccountCommands
{
    public static Command Build(CommandContext context) => new("account", "Accounts: mailboxes and logins")
    {
        Add(context), Remove(context), List(context), Show(context), Password(context), Quota(context), AccountSetCommand.Build(context),
    };

    private static Command Add(CommandContext context)
    {
        var address = new Argument<string>("ADDRESS");
        var password = new PasswordOptions();
        var name = new Option<string?>("--name") { Description = "A display name" };
        var quota = new Option<string?>("--quota") { Description = "The most it may hold, as 500M or 2G; 0: no limit" };
        var command = new Command("add", "Adds an account") { address, password.Value, password.FromInput, password.None, name, quota };
        command.SetAction(async (parsed, cancellationToken) => await password.ReadAsync(parsed, cancellationToken) is { } secret
            ? await context.RunAsync(
                parsed,
                CommandContext.Request(
                    "account add",
                    [("address", parsed.GetValue(address)), secret, ("name", parsed.GetValue(name)), ("quota", parsed.GetValue(quota))]),
                cancellationToken)
            : 2);
        return command;
    }

    private static Command Password(CommandContext context)
    {
        var address = new Argument<string>("ADDRESS");
        var password = new PasswordOptions();
        var command = new Command("password", "Changes a password") { address, password.Value, password.FromInput, password.None };
        command.SetAction(async (parsed, cancellationToken) => await password.ReadAsync(parsed, cancellationToken) is { } secret
            ? await context.RunAsync(
                parsed,
                CommandContext.Request("account password", [("address", parsed.GetValue(address)), secret]),
                cancellationToken)
            : 2);
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var address = new Argument<string>("ADDRESS");
        var command = new Command("remove", "Removes an account with all its mail") { address };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("account remove", [("address", parsed.GetValue(address))]), cancellationToken));
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var address = new Argument<string>("ADDRESS");
        var command = new Command("show", "Shows an account") { address };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("account show", [("address", parsed.GetValue(address))]), cancellationToken));
        return command;
    }

    private static Command List(CommandContext context)
    {
        var domain = new Option<string?>("--domain") { Description = "Only of this domain" };
        var command = new Command("list", "Lists accounts with what they hold") { domain };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed, CommandContext.Request("account list", [("domain", parsed.GetValue(domain))]), cancellationToken));
        return command;
    }

    private static Command Quota(CommandContext context)
    {
        var address = new Argument<string>("ADDRESS");
        var quota = new Argument<string>("SIZE") { Description = "As 500M or 2G; 0: no limit" };
        var command = new Command("quota", "Changes what an account may hold") { address, quota };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request("account quota", [("address", parsed.GetValue(address)), ("quota", parsed.GetValue(quota))]),
            cancellationToken));
        return command;
    }
}
