using PluginMail.Abstractions;
using PluginMail.Plugins.Generations;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Roles;

/// <summary>Mail that plugins bring in.</summary>
public sealed class SubmissionTests
{
    [Fact]
    public async Task The_keys_of_two_plugins_do_not_meet()
    {
        var submission = new KeptKeys();
        using var loggers = new ListLoggers();
        var services = new PluginHostServices(TimeProvider.System, loggers, submission, new NoDns(), _ => new MemoryState());
        foreach (string name in (string[])["collector", "other"])
        {
            using var host = new GenerationHost(name, new DictionarySettings(new Dictionary<string, object>()), services, new PluginHostOptions("plugins", "plugins", "shadow"));
            await host.Submission.SubmitAsync(Message("example.org"), "queue/1", CancellationToken.None);
            Assert.Equal(250, (await host.Submission.SubmitForAnswerAsync(Message("example.org"), "queue/2", CancellationToken.None)).Reply!.Code);
        }

        Assert.Equal(["plugins/collector/queue/1", "plugins/collector/queue/2", "plugins/other/queue/1", "plugins/other/queue/2"], submission.Keys);
    }

    [Fact]
    public void The_case_of_a_name_parts_neither_keys_nor_state()
    {
        var names = new List<string>();
        using var loggers = new ListLoggers();
        var submission = new KeptKeys();
        var services = new PluginHostServices(TimeProvider.System, loggers, submission, new NoDns(), name => { names.Add(name); return new MemoryState(); });
        foreach (string name in (string[])["Collector", "collector"])
        {
            using var host = new GenerationHost(name, new DictionarySettings(new Dictionary<string, object>()), services, new PluginHostOptions("plugins", "plugins", "shadow"));
            Assert.True(host.Submission.SubmitAsync(Message("example.org"), "INBOX/1", CancellationToken.None).IsCompletedSuccessfully);
        }

        Assert.Equal(["collector", "collector"], names);
        Assert.Equal(["plugins/collector/INBOX/1", "plugins/collector/INBOX/1"], submission.Keys);
    }

    [Fact]
    public async Task An_envelope_that_no_reader_of_addresses_makes_is_the_plugins_fault()
    {
        var submission = new KeptKeys();
        using var loggers = new ListLoggers();
        var services = new PluginHostServices(TimeProvider.System, loggers, submission, new NoDns(), _ => new MemoryState());
        using var host = new GenerationHost("bad", new DictionarySettings(new Dictionary<string, object>()), services, new PluginHostOptions("plugins", "plugins", "shadow"));
        await Assert.ThrowsAsync<ArgumentException>(() => host.Submission.SubmitAsync(Message("example.org\r\nDATA"), "1", CancellationToken.None).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => host.Submission.SubmitAsync(Message("example.org", from: "b c"), "1", CancellationToken.None).AsTask());
        Assert.Empty(submission.Keys);
    }

    private static SubmittedMessage Message(string domain, string from = "example.net") => new(
        new Envelope(new EmailAddress("a", from), [new EmailAddress("b", domain)]), new MemoryContent("Subject: x\r\n\r\n"u8.ToArray()), Direction.Incoming);

    private sealed class KeptKeys : ISubmission
    {
        public List<string> Keys { get; } = [];

        public ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
        {
            Keys.Add(idempotencyKey);
            return new(SubmissionResult.Accepted);
        }

        public async ValueTask<SubmissionAnswer> SubmitForAnswerAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken) =>
            new(await SubmitAsync(message, idempotencyKey, cancellationToken)) { Reply = new SmtpReply(250, null, "taken") };
    }
}
