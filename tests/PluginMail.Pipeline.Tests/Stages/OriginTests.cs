using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.MailAuth;
using PluginMail.Mime;

namespace PluginMail.Pipeline.Tests;

public sealed class OriginTests
{
    private const string Message = "From: x@elsewhere.test\r\nSubject: a\r\n\r\nbody\r\n";

    [Fact]
    public async Task What_a_domain_asks_to_refuse_is_refused_and_nothing_delivered()
    {
        await using PipelineBench bench = await PipelineBench.OpenAsync(new FakeOrigin { Refusal = new SmtpReply(550, new(5, 7, 26), "DMARC") });
        MessageReplies replies = await bench.SendAsync(Message);
        Assert.Equal("550 5.7.26", $"{replies.Transaction.Code} {replies.Transaction.Status}");
        Assert.Empty(bench.Delivery.Taken);
        Assert.Contains(bench.Traces.All[^1].Entries, entry => entry is { Role: "origin", Decision: "refuse" });
    }

    [Fact]
    public async Task Results_stand_on_top_and_what_is_suspicious_is_junk()
    {
        await using PipelineBench bench = await PipelineBench.OpenAsync(new FakeOrigin { IsJunk = true });
        Assert.True((await bench.SendAsync(Message)).Transaction.IsPositive);
        Assert.True(bench.Delivery.Taken[^1].Request.IsJunk);
        Assert.StartsWith("Authentication-Results: here; spf=pass\r\n", bench.Delivered, StringComparison.Ordinal);
        Assert.EndsWith("Subject: a\r\n\r\nbody\r\n", bench.Delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_login_sends_is_signed_after_all_edits_and_not_asked_where_it_is_from()
    {
        var origin = new FakeOrigin();
        await using PipelineBench bench = await PipelineBench.OpenAsync(origin);
        bench.Roles = new RoleSet { MessageEditors = [new FakeRole("editor", Verdict.Apply(new HeaderEdit.Add("X-Edited", "yes")))] };
        await using IMailSession session = bench.Open("submission");
        await session.GreetAsync("client", extended: true, default);
        await session.AuthenticatedAsync(PipelineBench.Address("anna@example.test"), default);
        Assert.Null(await session.SenderAsync(PipelineBench.Address("anna@example.test"), PipelineBench.Plain, default));
        Assert.Null(await session.RecipientAsync(PipelineBench.Address("bob@example.test"), default));
        Assert.True((await PipelineBench.DataAsync(session, "Authentication-Results: here; dkim=pass\r\n" + Message)).Transaction.IsPositive);
        Assert.DoesNotContain("Authentication-Results", bench.Delivered, StringComparison.Ordinal);
        Assert.StartsWith("DKIM-Signature: v=1\r\n", bench.Delivered, StringComparison.Ordinal);
        Assert.Contains("X-Edited: yes", origin.Signed, StringComparison.Ordinal);
        Assert.Equal(0, origin.Checked);
    }

    /// <summary>Finds what a test says.</summary>
    private sealed class FakeOrigin : IOriginCheck
    {
        public SmtpReply? Refusal { get; init; }

        public bool IsJunk { get; init; }

        public int Checked { get; private set; }

        public string Signed { get; private set; } = "";

        public bool Concerns(ISessionView session) => session.Direction == Direction.Incoming;

        public ValueTask<OriginFinding> CheckAsync(AuthenticationRequest request, CancellationToken cancellationToken)
        {
            Checked++;
            var outcome = new AuthenticationOutcome
            {
                Dkim = [],
                Arc = new ArcVerification(ArcResult.None, 0, null, null, IsTemporary: false),
                Dmarc = new DmarcVerification(
                    DmarcResult.None, "elsewhere.test", null, DmarcPolicy.None, DmarcPolicy.None, IsDkimAligned: false, IsSpfAligned: false, null),
                AuthenticationResults = " here; spf=pass",
                HeaderEdits = [new MimeHeaderEdit.PrependFolded("Authentication-Results", " here; spf=pass")],
            };
            return new(new OriginFinding(outcome, Refusal, IsJunk, "spf=pass"));
        }

        public ImmutableArray<MimeHeaderEdit> RemoveForged(ISessionView session, MessageContent message) => [new MimeHeaderEdit.Remove("Authentication-Results")];

        public ValueTask<ImmutableArray<MimeHeaderEdit>> SignAsync(MessageContent message, CancellationToken cancellationToken)
        {
            Signed = PipelineBench.Text(message);
            return new([new MimeHeaderEdit.PrependFolded("DKIM-Signature", " v=1")]);
        }
    }
}
