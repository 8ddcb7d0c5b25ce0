using PluginMail.Abstractions;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Manual;

public sealed class TestingSample
{
    [Fact]
    // sample: Testing
    public async Task More_than_two_recipients_are_deferred()
    {
        var check = new RecipientCount(most: 2);
        var session = new FakeSession();
        await using var state = check.BeginSession(session);
        var recipient = new SessionCheckContext(SessionStages.Recipient, session, recipient: new EmailAddress("b", "example.test"));
        Assert.True((await check.CheckAsync(recipient, state, CancellationToken.None)).IsPlainPass);
        Assert.True((await check.CheckAsync(recipient, state, CancellationToken.None)).IsPlainPass);
        Assert.IsType<Decision.Defer>((await check.CheckAsync(recipient, state, CancellationToken.None)).Decision);
    }
    // end sample
}
