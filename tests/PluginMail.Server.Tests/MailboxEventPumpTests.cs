using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Server.Tests;

public sealed class MailboxEventPumpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_slow_plugin_delays_only_itself_and_is_cut_when_the_server_stops()
    {
        using var data = new TestData();
        await using ServerCore core = await data.OpenCoreAsync();
        var slow = new Observer("slow", static token => Task.Delay(Timeout.InfiniteTimeSpan, token));
        var quick = new Observer("quick", static _ => Task.CompletedTask);
        var pump = new MailboxEventPump(
            new Catalog(new RoleSet { MailboxObservers = [slow, quick] }), core.Store, static () => TimeSpan.Zero, TimeProvider.System, NullLogger.Instance);
        for (uint uid = 1; uid <= 3; uid++)
        {
            pump.Publish(Expunged(uid));
        }

        for (uint uid = 1; uid <= 3; uid++)
        {
            Assert.Equal(uid, await quick.NextAsync());
        }

        Assert.Equal(1u, await slow.NextAsync());
        await pump.DisposeAsync().AsTask().WaitAsync(Patience);
        Assert.True(slow.IsCut);
        Assert.Equal(0, slow.Waiting);
    }

    private static MailboxEvent Expunged(uint uid)
    {
        var account = new Account(new AccountId(1), new EmailAddress("anna", "example.test"), "", 0, ScramVerifier.Create("pencil", 4096), 1);
        var inbox = new Folder(new FolderId(1), account.Id, "INBOX", SpecialUse.None, 1, IsSubscribed: true, IsSelectable: true);
        return new MailboxEvent(account, MailboxChangeKind.Expunged, inbox, FromFolder: null, [uid]);
    }

    private sealed class Catalog(RoleSet roles) : IRoleCatalog
    {
        public RoleSet Current => roles;
    }

    private sealed class Observer(string plugin, Func<CancellationToken, Task> work) : Role<MailboxChange, bool>(plugin)
    {
        private readonly System.Threading.Channels.Channel<uint> _seen = System.Threading.Channels.Channel.CreateUnbounded<uint>();

        public bool IsCut { get; private set; }

        public int Waiting => _seen.Reader.Count;

        public async Task<uint> NextAsync() => await _seen.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public override async ValueTask<RoleAnswer<bool>> AskAsync(MailboxChange input, CancellationToken cancellationToken)
        {
            _seen.Writer.TryWrite(input.Uid);
            try
            {
                await work(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                IsCut = true;
                throw;
            }

            return new RoleAnswer<bool>(Value: true, Fault: null);
        }
    }
}
