using PluginMail.Abstractions;
using PluginMail.Filters.Vocabulary;
using PluginMail.Pipeline;
using PluginMail.Storage;
using PluginMail.Testing;

namespace PluginMail.Delivery.Tests;

/// <summary>Every capability that the language announces does what it says in a delivery: none is there in name only.</summary>
public sealed class AnnouncedCapabilityTests : IAsyncLifetime
{
    private const string Message =
        "Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@elsewhere.test>\r\nFrom: x@elsewhere.test\r\nTo: anna@example.test\r\nCc: anna+detail@example.test\r\n"
        + "Subject: hello 42\r\nX-Spam: 7\r\n\r\na word in the body\r\n";

    private const string Yes = "{ fileinto \"Yes\"; }";

    /// <summary>A script for each capability that files the message in "Yes", or has the effect named there.</summary>
    private static readonly Dictionary<string, string> Proofs = new()
    {
        ["fileinto"] = "fileinto \"Yes\";",
        ["envelope"] = $"if envelope :is \"from\" \"sender@elsewhere.test\" {Yes}",
        ["encoded-character"] = $"if header :is \"subject\" \"hello ${{hex:34 32}}\" {Yes}",
        ["copy"] = "fileinto :copy \"Yes\";",
        ["variables"] = "set \"f\" \"Yes\"; fileinto \"${f}\";",
        ["vacation"] = "vacation \"away\";",
        ["vacation-seconds"] = "vacation :seconds 60 \"away\";",
        ["reject"] = "reject \"no\";",
        ["ereject"] = "ereject \"no\";",
        ["editheader"] = $"addheader \"X-New\" \"1\"; if exists \"X-New\" {Yes}",
        ["include"] = "include :optional \"other\"; fileinto \"Yes\";",
        ["enotify"] = "notify \"mailto:bob@example.test\";",
        ["fcc"] = "vacation :fcc \"Yes\" \"away\";",
        ["replace"] = "replace \"other\"; fileinto \"Yes\";",
        ["enclose"] = "enclose \"other\"; fileinto \"Yes\";",
        ["extracttext"] = $"foreverypart {{ extracttext \"t\"; if string :contains \"${{t}}\" \"word\" {Yes} }}",
        ["foreverypart"] = $"foreverypart {Yes}",
        ["mime"] = $"foreverypart {{ if header :mime :type \"content-type\" \"text\" {{ }} }} fileinto \"Yes\";",
        ["relational"] = $"if header :value \"ge\" :comparator \"i;ascii-numeric\" \"x-spam\" \"5\" {Yes}",
        ["comparator-i;ascii-numeric"] = $"if header :value \"eq\" :comparator \"i;ascii-numeric\" \"x-spam\" \"07\" {Yes}",
        ["comparator-i;unicode-casemap"] = $"if header :comparator \"i;unicode-casemap\" \"subject\" \"HELLO 42\" {Yes}",
        ["comparator-i;octet"] = $"if header :comparator \"i;octet\" \"subject\" \"hello 42\" {Yes}",
        ["comparator-i;ascii-casemap"] = $"if header :comparator \"i;ascii-casemap\" \"subject\" \"HELLO 42\" {Yes}",
        ["subaddress"] = $"if address :detail \"cc\" \"detail\" {Yes}",
        ["imap4flags"] = $"setflag \"\\\\Flagged\"; if hasflag \"\\\\Flagged\" {Yes}",
        ["mailbox"] = $"if mailboxexists \"INBOX\" {Yes}",
        ["special-use"] = $"if not specialuse_exists \"\\\\Archive\" {{ fileinto :specialuse \"\\\\Archive\" \"Yes\"; }}",
        ["mailboxid"] = $"if not mailboxidexists \"F0\" {{ fileinto :mailboxid \"F0\" \"Yes\"; }}",
        ["mboxmetadata"] = $"if allof (metadata \"INBOX\" \"/private/comment\" \"mine\", metadataexists \"INBOX\" \"/PRIVATE/comment\") {Yes}",
        ["servermetadata"] = $"if allof (servermetadata \"/shared/comment\" \"ours\", not servermetadataexists \"/private/comment\") {Yes}",
        ["environment"] = $"if environment \"host\" \"mx.example.test\" {Yes}",
        ["vnd.dovecot.environment"] = $"if environment \"vnd.dovecot.username\" \"anna@example.test\" {Yes}",
        ["imapsieve"] = $"if environment :is \"imap.cause\" \"\" {Yes}", // a delivery is no event (4.2); what events do is in ImapEventTests
        ["ihave"] = $"if ihave \"fileinto\" {Yes}",
        ["body"] = $"if body :contains \"word\" {Yes}",
        ["date"] = $"if date \"date\" \"year\" \"2026\" {Yes}",
        ["index"] = $"if header :index 1 \"subject\" \"hello 42\" {Yes}",
        ["spamtest"] = $"if spamtest \"6\" {Yes}",
        ["spamtestplus"] = $"if spamtest :percent \"60\" {Yes}",
        ["virustest"] = $"if virustest \"1\" {Yes}",
        ["duplicate"] = $"if not duplicate {Yes}",
        ["extlists"] = $"if not valid_ext_list \"tag:none@example.test,2026:members\" {Yes}",
        ["regex"] = $"if header :regex \"subject\" \"^hello [0-9]+$\" {Yes}",
        ["vnd.dovecot.debug"] = "debug_log \"x\"; fileinto \"Yes\";",
        ["vnd.pluginmail.plain"] = $"if subject :starts_with \"hello\" {Yes}",
    };

    private DeliveryBench _bench = null!;

    public static TheoryData<string> Capabilities => [.. Announced()];

    public async Task InitializeAsync()
    {
        _bench = await DeliveryBench.OpenAsync();
        _bench.Options = _bench.Options with
        {
            CanSendElsewhere = true, Annotations = new ServerAnnotations(new Dictionary<string, string> { ["/shared/comment"] = "ours" }),
        };
        await _bench.Mail.AddAccountAsync("anna");
        await _bench.Mail.AddAccountAsync("bob");
        IMailStore store = _bench.Mail.Store;
        Account anna = (await store.Directory.FindAccountAsync(new EmailAddress("anna", "example.test"), default))!;
        Folder inbox = (await store.Mailboxes.FindFolderAsync(anna.Id, Folder.Inbox, default))!;
        await store.Annotations.SetAsync(AnnotationOwner.Of(inbox), [new("/private/comment", "mine"u8.ToArray())], default);
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [Fact]
    public void Each_has_a_proof() => Assert.Equal(Announced().Order(StringComparer.Ordinal), Proofs.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Capabilities))]
    public async Task It_does_what_it_says(string capability)
    {
        await _bench.Mail.SetFilterAsync("anna", $"require [{string.Join(", ", Required(capability).Select(name => $"\"{name}\""))}]; {Proofs[capability]}");
        DeliveryRequest request = _bench.Request(Message, ["anna"]) with { SpamPercent = 60, Tags = ["virus-clean"] };
        DeliveryOutcome outcome = await _bench.DeliverAsync(request);
        bool isFiled = (await _bench.Mail.ReadAsync("anna", "Yes")).Count == 1;
        bool isAnswered = (await _bench.Mail.QueueAsync()).Count > 0 || outcome.Recipients[0] is not null;
        string trace = string.Join('\n', request.Trace.Entries.Select(entry => $"{entry.Stage} {entry.Decision} {entry.Detail}"));
        Assert.True(isFiled || (capability is "vacation" or "vacation-seconds" or "reject" or "ereject" or "enotify" && isAnswered), trace);
    }

    private static IEnumerable<string> Announced() => FilterVocabulary.Standard.Capabilities.Select(known => known.Name).Distinct();

    // A proof may need others; one that is required and not used is a warning and no error.
    private static IEnumerable<string> Required(string capability) =>
        new[] { capability, "fileinto", "environment", "relational", "variables", "vacation", "foreverypart", "mime", "extracttext", "comparator-i;ascii-numeric" }
            .Where(name => name != "variables" || capability is "variables" or "extracttext")
            .Where(name => name != "vacation" || capability != "imapsieve") // on events nobody is answered
            .Distinct();
}
