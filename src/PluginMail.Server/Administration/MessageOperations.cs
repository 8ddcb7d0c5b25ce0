using System.Text;
using System.Text.Json;
using PluginMail.Abstractions;

namespace PluginMail.Server;

/// <summary>Single messages: explain what became of one, submit one.</summary>
internal static class MessageOperations
{
    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["explain"] = ExplainAsync,
        ["sendmail"] = SendmailAsync,
    };

    private static async Task<AdminResponse> ExplainAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        string id = request["id"].ToUpperInvariant();
        IReadOnlyList<string> traces = await services.Core.Traces.FindAsync(id, cancellationToken);
        return traces.Count == 0 ? AdminResponse.Failed($"nothing is known of {id} (any more)")
            : new AdminResponse(0, Text: string.Join('\n', request.Find("json") == "true" ? traces : traces.Select(InWords))) { IsJson = request.Find("json") == "true" };
    }

    private static async Task<AdminResponse> SendmailAsync(AdminServices services, AdminRequest request, CancellationToken cancellationToken)
    {
        EmailAddress? sender = request["from"] is { Length: > 0 } from ? ReadAddress(services, from) : null;
        var envelope = new Envelope(sender, [.. request.Items.Select(item => ReadAddress(services, item)).Distinct()]);
        var message = new SubmittedMessage(
            envelope, new MemoryContent(request.Data ?? throw new AdminArgumentException("the message is missing")), Direction.Outgoing);
        if (await FindMissingPluginsAsync(services, cancellationToken) is { } problem)
        {
            return problem;
        }

        string key = $"sendmail/{Guid.NewGuid():N}";
        return await services.Core.LocalSubmission.SubmitAsync(message, key, cancellationToken) switch
        {
            SubmissionResult.Accepted or SubmissionResult.Duplicate => new AdminResponse(0),
            SubmissionResult.Held => AdminResponse.Done("the message is held for a person's decision"),
            SubmissionResult.TooLarge => AdminResponse.Failed(
                $"552 5.3.4 the message has more than {services.Core.Options.Limits.MessageSize} octets, which is [limits] message_size"),
            _ => AdminResponse.Failed("the message could not be delivered"),
        };
    }

    // No message passes the plugins by because no server runs: then they run for this one message.
    private static async Task<AdminResponse?> FindMissingPluginsAsync(AdminServices services, CancellationToken cancellationToken)
    {
        if (services.IsServing || services.Core.Options.Plugins.Order.Count == 0)
        {
            return null;
        }

        IReadOnlyList<string> problems = await services.Core.StartPluginsAsync(cancellationToken);
        return problems.Count == 0 ? null
            : AdminResponse.Failed($"no server runs and the plugins cannot be started: {string.Join("; ", problems)}");
    }

    // A program names users of this machine; without a default domain they are the host's.
    private static EmailAddress ReadAddress(AdminServices services, string text) =>
        text.Contains('@', StringComparison.Ordinal) || services.Core.Options.Authentication.DefaultDomain.Length > 0
            ? services.ReadAddress(text)
            : services.ReadAddress($"{text}@{services.Core.Options.Server.Hostname}");

    private static string InWords(string trace)
    {
        using JsonDocument document = JsonDocument.Parse(trace);
        JsonElement root = document.RootElement;
        var text = new StringBuilder();
        string login = root.TryGetProperty("login", out JsonElement account) ? $", login {account}" : "";
        string remote = root.TryGetProperty("remote", out JsonElement address) ? $" from {address}" : "";
        text.AppendLine($"{Text(root, "id")}  {Text(root, "time")}  by {Text(root, "protocol")}{remote}{login}");
        text.AppendLine($"  from <{Text(root, "from")}>, {root.GetProperty("size")} octets");
        foreach (JsonElement recipient in root.GetProperty("to").EnumerateArray())
        {
            text.AppendLine($"  to <{recipient}>");
        }

        foreach (JsonElement decision in root.GetProperty("decisions").EnumerateArray())
        {
            string subject = decision.TryGetProperty("for", out JsonElement about) ? $" for <{about}>" : "";
            string detail = decision.TryGetProperty("detail", out JsonElement why) && why.GetString() is { Length: > 0 } reason ? $" ({reason})" : "";
            string time = decision.TryGetProperty("us", out JsonElement took) ? $" [{took} µs]" : "";
            text.AppendLine($"  {Text(decision, "stage"),-16} {Text(decision, "role"),-12} {Text(decision, "decision")}{subject}{detail}{time}");
        }

        text.AppendLine($"  reply: {Text(root, "reply")}");
        return text.ToString();
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
