using PluginMail.Abstractions;

namespace PluginMail.Plugins.Tests.Manual;

// sample: Schedule
public sealed class ListPlugin : IMailPlugin
{
    private readonly HttpClient _http = new();
    private volatile string _list = "";

    public async ValueTask<IReadOnlyCollection<IMailRole>> StartAsync(IPluginHost host, CancellationToken cancellationToken)
    {
        string address = host.Settings.GetString("list", "https://lists.example/domains.txt");
        string copy = Path.Combine(host.DataFolder, "list.txt"); // a server of lists that is down keeps no mail server from starting
        _list = File.Exists(copy) ? await File.ReadAllTextAsync(copy, cancellationToken) : "";
        host.Schedule(TimeSpan.FromMinutes(10), async stopping =>
        {
            _list = await _http.GetStringAsync(address, stopping);
            await File.WriteAllTextAsync(copy, _list, stopping);
        });
        return [new Listed(this)];
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return default;
    }

    private sealed class Listed(ListPlugin owner) : IMessageCheck
    {
        public ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken) =>
            new(message.Envelope.Sender is { } sender && owner._list.Contains(sender.Domain, StringComparison.OrdinalIgnoreCase)
                ? Verdict.Refuse(SmtpReply.PolicyRefusal($"{sender.Domain} is listed"))
                : Verdict.Pass);
    }
}
// end sample
