using PluginMail.Storage.Sqlite;

namespace PluginMail.Storage.Tests;

/// <summary>What opening and checking make of damaged files.</summary>
public sealed class DamageTests : StoreTests<SqliteEngine>
{
    private bool _endsClean = true;

    protected override bool EndsClean => _endsClean;

    private string Pack => Path.Combine(DataFolder, "bodies", "00000001.pack");

    [Fact]
    public async Task A_torn_tail_is_cut_off()
    {
        await AddAsync(Inbox.Id, "whole");
        await Store.DisposeAsync();
        long length = new FileInfo(Pack).Length;
        await using (FileStream pack = File.Open(Pack, FileMode.Append))
        {
            await pack.WriteAsync(new byte[12_345]);
        }

        await ReopenAsync();
        Assert.Equal(length, new FileInfo(Pack).Length);
        await AddAsync(Inbox.Id, "next");
        Assert.Equal(["whole", "next"], await TextsAsync(Inbox.Id));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    [InlineData(1_200_000)]
    public async Task A_damaged_body_is_never_given_out_and_the_check_names_it(int length)
    {
        await AddAsync(Inbox.Id, new string('x', length));
        await AddAsync(Inbox.Id, "sound");
        string file = Directory.EnumerateFiles(Path.Combine(DataFolder, "bodies"), "*", SearchOption.AllDirectories)
            .MaxBy(path => new FileInfo(path).Length)!;
        await using (FileStream stream = File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            stream.Position = (length / 2) + 50;
            stream.WriteByte((byte)'y');
        }

        using IFolderHold hold = await HoldAsync(Inbox.Id);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => TextAsync(hold, 1));
        Assert.Equal("sound", await TextAsync(hold, 2));
        Assert.Contains("wrong checksum", Assert.Single((await Store.Maintenance.CheckAsync(None)).Problems), StringComparison.Ordinal);
        _endsClean = false;
    }

    [Fact]
    public async Task A_lost_segment_is_reported_and_the_rest_is_served()
    {
        await AddAsync(Inbox.Id, "lost");
        await Store.DisposeAsync();
        File.Delete(Pack);
        await ReopenAsync();
        using IFolderHold hold = await HoldAsync(Inbox.Id);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => TextAsync(hold, 1));
        Assert.Single((await Store.Maintenance.CheckAsync(None)).Problems);
        await AddAsync(Inbox.Id, "next");
        using IFolderHold later = await HoldAsync(Inbox.Id);
        Assert.Equal("next", await TextAsync(later, 2));
        _endsClean = false;
    }

    [Fact]
    public async Task The_check_finds_wrong_counters_and_dangling_references()
    {
        await AddManyAsync(Inbox.Id, 2);
        await ((SqliteMailStore)Store).Writer.WriteAsync(
            transaction =>
            {
                transaction.Database.Execute(
                    "UPDATE accounts SET octets = octets + 1; UPDATE bodies SET refs = 5 WHERE key = 0x10000000; UPDATE messages SET body = 77 WHERE id & 1 = 0");
                return true;
            },
            None);
        IReadOnlyList<string> problems = (await Store.Maintenance.CheckAsync(None)).Problems;
        Assert.Contains(problems, problem => problem.Contains("names a body that is not there", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("Account ", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("counts 5 instead of 1 references", StringComparison.Ordinal));
        _endsClean = false;
    }

    [Fact]
    public async Task A_closed_store_is_whole_without_its_log()
    {
        await AddAsync(Inbox.Id, "kept");
        await Store.DisposeAsync();
        foreach (string log in Directory.GetFiles(DataFolder, "*.db-*"))
        {
            Assert.True(log.EndsWith("-shm", StringComparison.Ordinal) || new FileInfo(log).Length == 0, log);
            File.Delete(log);
        }

        await ReopenAsync();
        Assert.Equal(["kept"], await TextsAsync(Inbox.Id));
    }

    [Fact]
    public async Task Leftovers_are_cleared_away()
    {
        await AddAsync(Inbox.Id, new string('x', 1_200_000));
        await Store.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(DataFolder, "spool", "left.spool"), "x");
        string orphan = Path.Combine(DataFolder, "bodies", "large", "0000", "fff.body");
        await File.WriteAllTextAsync(orphan, "orphan");
        await ReopenAsync();
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(DataFolder, "spool")));
        Assert.Equal(6, await Store.Maintenance.ReclaimAsync(None));
        Assert.False(File.Exists(orphan));
        Assert.Equal(1_200_000, (await TextsAsync(Inbox.Id))[0].Length);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_with_a_word_on_what_to_do()
    {
        await Store.DisposeAsync();
        using (Database database = Database.Open(Path.Combine(DataFolder, "mail.db")))
        {
            database.Execute("PRAGMA user_version = 99");
        }

        StoreUnavailableException fault = await Assert.ThrowsAsync<StoreUnavailableException>(ReopenAsync);
        Assert.Contains("schema 99", fault.Message, StringComparison.Ordinal);
        _endsClean = false;
    }

    [Fact]
    public async Task A_queue_of_version_2_is_taken_over_recipient_by_recipient()
    {
        await AddAsync(Inbox.Id, "body");
        await Store.DisposeAsync();
        File.Delete(Path.Combine(DataFolder, "mail.db"));
        using (Database old = Database.Open(Path.Combine(DataFolder, "mail.db")))
        {
            Schema.Upgrade(old, Schema.Steps[..2]);
            old.Execute(
                """
                INSERT INTO bodies VALUES (4294967296, 4, 2, NULL);
                INSERT INTO queue VALUES (7, 'anna@example.test', 'odd @ one@Remote.test' || char(10) || 'bob@example.test', 1, 'tx1', 1000, 2000, 3, NULL, '451 later', 4, 4294967296, 1);
                INSERT INTO queue VALUES (8, NULL, 'bob@example.test', 0, 'tx2', 1000, 2000, 0, 'virus', NULL, 4, 4294967296, 0);
                """);
        }

        await ReopenAsync();
        IReadOnlyList<QueueEntry> entries = await Store.Queue.ListAsync(null, 10, None);
        Assert.Equal([7, 8], entries.Select(entry => entry.Id.Value));
        Assert.Equal(
            [("odd @ one", "remote.test", 1), ("bob", "example.test", 2)],
            entries[0].Recipients.Select(to => (to.Address.LocalPart, to.Domain, to.Number)));
        Assert.All(entries[0].Recipients, to => Assert.Equal(
            (3, "451 later", QueueRecipientStatus.Waiting, DateTimeOffset.FromUnixTimeMilliseconds(2000)), (to.Attempts, to.LastReply, to.Status, to.NextAttempt)));
        Assert.Equal(("virus", QueueRecipientStatus.Held), (entries[1].HoldReason, Assert.Single(entries[1].Recipients).Status));
        Assert.Equal(["example.test", "remote.test"], (await Store.Queue.ListDueDomainsAsync(Clock.GetUtcNow(), null, 10, None)).Domains);
        _endsClean = false;
    }

    [Fact]
    public async Task A_directory_of_version_3_is_taken_over_with_the_policies_of_new_ones()
    {
        await Store.DisposeAsync();
        File.Delete(Path.Combine(DataFolder, "mail.db"));
        using (Database old = Database.Open(Path.Combine(DataFolder, "mail.db")))
        {
            Schema.Upgrade(old, Schema.Steps[..3]);
            old.Execute(
                $"""
                INSERT INTO domains VALUES ('old.test');
                INSERT INTO accounts (local_part, domain, name, quota, verifier, version) VALUES ('zoe', 'old.test', 'Zoe', 9, '{Verifier.Encode()}', 1);
                INSERT INTO aliases VALUES ('old.test', 'z', 'zoe@old.test');
                """);
        }

        await ReopenAsync();
        Assert.Equal(DomainPolicy.Default, (await Store.Directory.FindDomainAsync("old.test", None))!.Policy);
        Account account = (await Store.Directory.FindAccountAsync(Address("zoe@old.test"), None))!;
        Assert.Equal(("Zoe", 9, true, false), (account.Name, account.QuotaOctets, account.Policy.IsKept, account.Policy.IsDisabled));
        Assert.NotNull(await Store.Directory.FindAliasAsync(Address("z@old.test"), None));
        Assert.Equal(
            DirectoryChange.Done, await Store.Directory.AddListAsync(new DistributionList(Address("l@old.test"), [account.Address]), None));
        _endsClean = false;
    }

    [Fact]
    public async Task What_a_plugin_kept_under_a_name_with_capitals_is_found_under_small_letters()
    {
        await Store.State.For("Greylist").AddAsync("passed/a", 2, TimeSpan.FromDays(1), None);
        await Store.State.For("Greylist").AddAsync("passed/b", 5, TimeSpan.FromDays(1), None);
        await Store.State.For("greylist").AddAsync("passed/b", 7, TimeSpan.FromDays(1), None);
        await Store.DisposeAsync();
        using (Database old = Database.Open(Path.Combine(DataFolder, "mail.db")))
        {
            old.Execute(
                """
                INSERT INTO idempotency VALUES ('plugins/My-Collector/INBOX/1', 9), ('plugins/other/INBOX/2', 9), ('queue/A', 9), ('plugins/Odd', 9);
                PRAGMA user_version = 7;
                """);
        }

        await ReopenAsync();
        Assert.Equal(3, await Store.State.For("greylist").AddAsync("passed/a", 1, TimeSpan.FromDays(1), None));
        Assert.Equal(7, await Store.State.For("greylist").AddAsync("passed/b", 0, TimeSpan.FromDays(1), None));
        await Store.DisposeAsync();
        using (Database now = Database.Open(Path.Combine(DataFolder, "mail.db")))
        {
            using Statement keys = now.Prepare("SELECT group_concat(key, ' ') FROM (SELECT key FROM idempotency ORDER BY key)");
            Assert.True(keys.Step());
            Assert.Equal("plugins/Odd plugins/my-collector/INBOX/1 plugins/other/INBOX/2 queue/A", keys.Text(0));
        }

        await ReopenAsync();
    }

    [Fact]
    public async Task A_store_of_version_5_is_taken_over_and_keeps_annotations_from_then_on()
    {
        await AddAsync(Inbox.Id, "body");
        await Store.DisposeAsync();
        File.Delete(Path.Combine(DataFolder, "mail.db"));
        using (Database old = Database.Open(Path.Combine(DataFolder, "mail.db")))
        {
            Schema.Upgrade(old, Schema.Steps[..5]);
            old.Execute(
                $"""
                INSERT INTO domains (name) VALUES ('old.test');
                INSERT INTO accounts (id, local_part, domain, name, quota, verifier, version) VALUES (1, 'zoe', 'old.test', 'Zoe', 0, '{Verifier.Encode()}', 1);
                INSERT INTO folders (id, account, name, special_use, is_selectable, uid_validity, mod_seq) VALUES (1, 1, 'INBOX', 0, 1, 7, 1);
                """);
        }

        await ReopenAsync();
        Folder inbox = await FolderAsync("INBOX", new AccountId(1));
        Assert.Equal(7u, inbox.UidValidity);
        var owner = AnnotationOwner.Of(inbox);
        Assert.Empty(await Store.Annotations.ListAsync(owner, ["/private", "/shared"], AnnotationDepth.Infinity, None));
        Assert.Equal(AnnotationChange.Done, await Store.Annotations.SetAsync(owner, [new("/shared/comment", "x"u8.ToArray())], None));
        Assert.NotNull(await Store.Annotations.FindAsync(owner, "/shared/comment", None));
    }

    [Fact]
    public async Task The_check_names_annotations_of_what_is_not_there()
    {
        await Store.Annotations.SetAsync(AnnotationOwner.Of(Inbox), [new("/shared/comment", "x"u8.ToArray())], None);
        await Store.Annotations.SetAsync(AnnotationOwner.Server(Account), [new("/private/comment", "x"u8.ToArray())], None);
        await ((SqliteMailStore)Store).Writer.WriteAsync(
            transaction =>
            {
                transaction.Database.Execute(
                    "UPDATE annotations SET folder = 99 WHERE folder <> 0; UPDATE annotations SET account = 98 WHERE folder = 0");
                return true;
            },
            None);
        Assert.Equal(
            ["Annotation /private/comment is of account 98, which is not there", "Annotation /shared/comment is of folder 99, which is not there or another account's"],
            (await Store.Maintenance.CheckAsync(None)).Problems);
        _endsClean = false;
    }

    [Fact]
    public void Schema_steps_run_once_each_and_a_failing_one_leaves_the_version_before_it()
    {
        using Database database = Database.Open(Path.Combine(Root, "steps.db"));
        Assert.Equal(0, Schema.Upgrade(database, ["CREATE TABLE a (x)"]));
        Assert.Equal(1, Schema.Upgrade(database, ["CREATE TABLE a (x)", "CREATE TABLE b (x)"]));
        Assert.Throws<SqliteFault>(() => Schema.Upgrade(database, ["", "", "CREATE TABLE c (x); CREATE TABLE a (x)"]));
        Assert.Equal(2, Schema.Upgrade(database, ["", "", "CREATE TABLE c (x)"]));
        Assert.Equal(3, database.Prepare("PRAGMA user_version").Scalar());
    }
}
