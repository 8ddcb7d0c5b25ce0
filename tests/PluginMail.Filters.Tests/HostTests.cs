using System.Collections.Immutable;
using PluginMail.Filters.Evaluation;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>Tests that the host answers: mailbox and metadata (RFC 5490), special-use (RFC 8579), mailboxid (RFC 9042), environment (RFC 5183).</summary>
public sealed class HostTests
{
    private readonly Host _host = new();

    private FilterContext Context => new()
    {
        Host = _host,
        Environment = ImmutableDictionary<string, string>.Empty.Add("host", "mx.example.test").Add("remote-ip", "192.0.2.1"),
    };

    [Theory]
    [InlineData("mailboxexists \"Archive\"", true)]
    [InlineData("mailboxexists [\"Archive\", \"INBOX\"]", true)]
    [InlineData("mailboxexists [\"Archive\", \"None\"]", false)]
    [InlineData("not mailboxexists \"None\"", true)]
    [InlineData("specialuse_exists \"\\\\Archive\"", true)]
    [InlineData("specialuse_exists \"Archive\" [\"\\\\Archive\"]", true)]
    [InlineData("specialuse_exists \"INBOX\" \"\\\\Archive\"", false)]
    [InlineData("specialuse_exists [\"\\\\Archive\", \"\\\\Junk\"]", false)]
    [InlineData("mailboxidexists \"id-1\"", true)]
    [InlineData("mailboxidexists [\"id-1\", \"id-2\"]", false)]
    [InlineData("metadata \"INBOX\" \"/private/vendor/a\" \"on\"", true)]
    [InlineData("metadata :contains \"INBOX\" \"/private/vendor/a\" [\"x\", \"o\"]", true)]
    [InlineData("metadata \"INBOX\" \"/private/none\" \"\"", false)]
    [InlineData("metadataexists \"INBOX\" [\"/private/vendor/a\"]", true)]
    [InlineData("metadataexists \"INBOX\" [\"/private/vendor/a\", \"/private/none\"]", false)]
    [InlineData("servermetadata :matches \"/shared/admin\" \"mailto:*\"", true)]
    [InlineData("servermetadataexists \"/shared/admin\"", true)]
    [InlineData("servermetadataexists \"/shared/none\"", false)]
    [InlineData("environment \"host\" \"MX.example.test\"", true)]
    [InlineData("environment :contains \"Remote-IP\" \"192.0.2.\"", true)]
    [InlineData("environment \"vnd.none\" \"\"", false)]
    [InlineData("environment \"name\" \"PluginMail\"", true)]
    [InlineData("environment :matches \"version\" \"*.*\"", true)]
    [InlineData("environment \"location\" \"MDA\"", true)]
    [InlineData("string \"${env.host}${env.none}\" \"mx.example.test\"", true)]
    public async Task The_host_is_asked(string test, bool outcome)
    {
        var word = test.Replace("not ", "", StringComparison.Ordinal).Split(' ')[0];
        var require = word switch
        {
            "specialuse_exists" => "\"special-use\"",
            "mailboxidexists" => "\"mailboxid\"",
            "metadata" or "metadataexists" => "\"mboxmetadata\"",
            "servermetadata" or "servermetadataexists" => "\"servermetadata\"",
            "environment" => "\"environment\"",
            "string" => "\"variables\", \"vnd.dovecot.environment\"",
            _ => "\"mailbox\"",
        };
        Assert.Equal(outcome, await IsTrueAsync(require, test, Context));
        if (word is not ("environment" or "string"))
        {
            Assert.Equal(test.StartsWith("not ", StringComparison.Ordinal), await IsTrueAsync(require, test, FilterContext.Empty));
        }
    }

    [Fact]
    public async Task The_same_question_is_put_once()
    {
        await IsTrueAsync("\"mailbox\"", "anyof (mailboxexists \"None\", mailboxexists \"None\", not mailboxexists \"None\")", Context);
        Assert.Equal(1, _host.Questions);
    }

    [Fact]
    public async Task Too_many_questions_end_the_run()
    {
        var tests = string.Join(',', Enumerable.Range(0, 300).Select(i => $"mailboxexists \"None{i}\""));
        var result = await RunOnAsync($"require \"mailbox\"; if anyof ({tests}) {{ discard; }}", Context);
        Assert.Equal("F3003", result.Error?.Code);
        Assert.True(result.IsKept);
    }

    [Fact]
    public async Task A_fault_of_the_host_keeps_the_message()
    {
        var result = await RunOnAsync("require \"mailbox\"; if mailboxexists \"Fault\" { discard; }", Context);
        Assert.Equal("F3005", result.Error?.Code);
        Assert.True(result.IsKept);
    }

    [Fact]
    public void Tags_of_fileinto_reach_the_host()
    {
        var result = RunOn(
            "require [\"fileinto\", \"mailbox\", \"special-use\", \"mailboxid\"]; fileinto :create :specialuse \"\\\\Junk\" :mailboxid \"id-1\" \"Spam\";", MessageA);
        var effect = Assert.IsType<FilterEffect.FileInto>(Assert.Single(result.Effects));
        Assert.Equal(("Spam", true, "\\Junk", "id-1"), (effect.Folder, effect.Creates, effect.SpecialUse, effect.MailboxId));
    }

    [Theory]
    [InlineData("require [\"ihave\", \"fileinto\"]; if ihave \"copy\" { fileinto :copy \"F\"; } else { discard; }", "fileinto :copy \"F\"; implicit keep")]
    [InlineData("require \"ihave\"; if ihave [\"copy\", \"vnd.example.magic\"] { magic :wand 3; } else { discard; }", "discard")]
    [InlineData("require \"ihave\"; if not ihave \"vnd.example.magic\" { discard; } else { magic; }", "discard")]
    [InlineData("require \"ihave\"; if allof (ihave \"vnd.example.magic\", magical \"x\") { keep; } elsif true { discard; }", "discard")]
    [InlineData("require \"ihave\"; if ihave \"envelope\" { if envelope \"from\" \"coyote@desert.example.org\" { discard; } }", "discard")]
    [InlineData("require \"ihave\"; if ihave \"variables\" { keep; } else { discard; }", "discard")]
    public void Ihave_decides_before_a_run(string script, string actions) => Assert.Equal(actions, Actions(script));

    [Fact]
    public void The_control_error_keeps_the_message_and_says_why()
    {
        var result = RunOn("require \"ihave\"; discard; error \"no luck\";", MessageA);
        Assert.Equal(("F3012", "no luck"), (result.Error?.Code, result.Error?.Message));
        Assert.True(result.IsKept);
    }

    private sealed class Host : IFilterHost
    {
        public int Questions { get; private set; }

        public ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation)
        {
            Questions++;
            return mailbox == "Fault" ? throw new InvalidOperationException("broken") : new(mailbox is "Archive" or "INBOX");
        }

        public async ValueTask<bool> SpecialUseExistsAsync(string? mailbox, string specialUse, CancellationToken cancellation)
        {
            await Task.Yield();
            return specialUse == "\\Archive" && mailbox is null or "Archive";
        }

        public ValueTask<bool> MailboxIdExistsAsync(string mailboxId, CancellationToken cancellation) => new(mailboxId == "id-1");

        public ValueTask<string?> GetMetadataAsync(string? mailbox, string annotation, CancellationToken cancellation) => new((mailbox, annotation) switch
        {
            ("INBOX", "/private/vendor/a") => "on",
            (null, "/shared/admin") => "mailto:postmaster@example.test",
            _ => null,
        });
    }
}
