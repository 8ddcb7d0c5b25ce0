using System.CommandLine;

namespace PluginMail.Server;

/// <summary><c>account set</c>.</summary>
internal static class AccountSetCommand
{
    public static Command Build(CommandContext context)
    {
        var address = new Argument<string>("ADDRESS");
        var name = new Option<string?>("--name") { Description = "A display name" };
        var forward = new Option<string[]>("--forward") { Description = "Where mail is sent on to; may be given several times", AllowMultipleArgumentsPerToken = true };
        var noForward = new Option<bool>("--no-forward") { Description = "Mail is not sent on any more" };
        var keep = new Option<bool>("--keep-copy") { Description = "What is sent on is kept here too" };
        var noKeep = new Option<bool>("--no-keep-copy") { Description = "What is sent on is not kept here" };
        var disabled = new Option<bool>("--disabled") { Description = "Nobody logs in; mail is still taken" };
        var enabled = new Option<bool>("--enabled") { Description = "Its owner logs in again" };
        var rate = new Option<string?>("--recipients-per-hour") { Description = "The most it may send to; 0: what mail.toml says" };
        var command = new Command("set", "Changes what is given of an account") { address, name, forward, noForward, keep, noKeep, disabled, enabled, rate };
        command.Validators.Add(result =>
        {
            foreach ((Option on, Option off) in (ReadOnlySpan<(Option, Option)>)[(forward, noForward), (keep, noKeep), (disabled, enabled)])
            {
                if (result.GetResult(on) is { Implicit: false } && result.GetResult(off) is { Implicit: false })
                {
                    result.AddError($"{on.Name} and {off.Name} exclude each other");
                }
            }
        });
        command.SetAction((parsed, cancellationToken) => context.RunAsync(
            parsed,
            CommandContext.Request(
                "account set",
                [
                    ("address", parsed.GetValue(address)),
                    ("name", parsed.GetValue(name)),
                    ("no-forward", parsed.GetValue(noForward) ? "true" : null),
                    ("keep-copy", Switch(parsed.GetValue(keep), parsed.GetValue(noKeep))),
                    ("disabled", Switch(parsed.GetValue(disabled), parsed.GetValue(enabled))),
                    ("recipients-per-hour", parsed.GetValue(rate)),
                ],
                parsed.GetValue(forward)),
            cancellationToken));
        return command;
    }

    private static string? Switch(bool on, bool off) => on ? "true" : off ? "false" : null;
}
