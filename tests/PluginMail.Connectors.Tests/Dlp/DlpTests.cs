using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Dlp;

/// <summary>The Dlp plugin, loaded as the server loads it.</summary>
public sealed class DlpTests : IDisposable
{
    private const string Notify = "notify = [\"officer@example.test\"]\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("dlp-docs-").FullName;
    private readonly KeptSubmission _submission = new();
    private readonly string[] _texts = [.. Enumerable.Range(0, 3).Select(i => new TextGenerator(40 + i).Prose(800))];

    [Theory]
    [InlineData("refuse", typeof(Decision.Refuse), true)]
    [InlineData("hold", typeof(Decision.Hold), true)]
    [InlineData("notify", typeof(Decision.Pass), true)]
    [InlineData("tag", typeof(Decision.Pass), false)]
    public async Task An_excerpt_gets_the_action_of_its_collection(string action, Type decision, bool isNotified)
    {
        await using var bench = await StartAsync($"{Notify}action = \"{action}\"");
        Write("plan.docx", SampleDocuments.Docx(_texts[0]));
        var (status, output) = await RunAsync(bench, "register", "plans", _folder);
        Assert.Equal((0, "1 documents read\n"), (status, output));
        var verdict = await CheckAsync(bench, Excerpt(0));
        Assert.IsType(decision, verdict.Decision);
        Assert.Contains(new Effect.Tag("dlp-plans"), verdict.Effects);
        await (isNotified ? PluginBench.UntilAsync(() => !_submission.Sent.IsEmpty, "the notice") : Task.CompletedTask);
        Assert.Equal(isNotified, !_submission.Sent.IsEmpty);
        if (verdict.Decision is Decision.Refuse refuse)
        {
            Assert.Equal("550 5.7.1 This message has confidential content and is not sent (plans)", refuse.Reply.ToString());
        }

        Assert.True((await CheckAsync(bench, new TextGenerator(99).Prose(300))).IsPlainPass);
    }

    [Fact]
    public async Task A_notice_names_document_and_share_and_not_a_word_of_the_text()
    {
        await using var bench = await StartAsync(Notify + "action = \"hold\"");
        Write("plan.txt", Encoding.UTF8.GetBytes(_texts[0]));
        await RunAsync(bench, "register", "plans", _folder);
        var verdict = await CheckAsync(bench, Excerpt(0));
        string reason = Assert.IsType<Decision.Hold>(verdict.Decision).Reason;
        Assert.Contains("plans: plan.txt (about ", reason, StringComparison.Ordinal);
        await PluginBench.UntilAsync(() => !_submission.Sent.IsEmpty, "the notice");
        var (key, notice) = Assert.Single(_submission.Sent);
        Assert.EndsWith("notice/t1", key, StringComparison.Ordinal);
        string text = Encoding.UTF8.GetString(Convert.FromBase64String(notice.Split("\r\n\r\n", 2)[1]));
        Assert.Contains("plans: plan.txt (about ", text, StringComparison.Ordinal);
        Assert.Contains("Subject: DLP: plans in t1\r\n", notice, StringComparison.Ordinal);
        string[] words = _texts[0].Split([' ', '.', ',', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        string[] shown = text.Split([' ', '.', ',', '\r', '\n', ':', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(words.Where(word => word.Length > 5), word => shown.Contains(word));
        AssertNotStored(bench, words);
    }

    [Fact]
    public async Task Changed_removed_and_unregistered_files_are_followed()
    {
        await using var bench = await StartAsync("action = \"refuse\"");
        Write("a.txt", Encoding.UTF8.GetBytes(_texts[0]));
        await RunAsync(bench, "register", "plans", _folder);
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(0))).Decision);

        Write("a.txt", Encoding.UTF8.GetBytes(_texts[1] + " "));
        Write("b.txt", Encoding.UTF8.GetBytes(_texts[2]));
        Assert.Equal("2 documents read\n", (await RunAsync(bench, "register", "plans", _folder)).Output);
        Assert.True((await CheckAsync(bench, Excerpt(0))).IsPlainPass);
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(1))).Decision);

        File.Delete(Path.Combine(_folder, "b.txt"));
        Assert.Equal("0 documents read\n", (await RunAsync(bench, "register", "plans", _folder)).Output);
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(2))).Decision);
        Assert.Contains("plans\trefuse\t2 documents", (await RunAsync(bench, "list")).Output, StringComparison.Ordinal);
        Assert.Contains($"{_folder}/a.txt\t", (await RunAsync(bench, "list", "plans")).Output, StringComparison.Ordinal);

        Assert.Equal((0, "2 documents forgotten\n"), await RunAsync(bench, "unregister", "plans"));
        Assert.True((await CheckAsync(bench, Excerpt(1))).IsPlainPass);
        Assert.Equal(1, (await RunAsync(bench, "unregister", "plans")).Status);
    }

    [Fact]
    public async Task Watched_folders_are_read_by_themselves_and_forgotten_where_the_settings_say_so()
    {
        Write("a.pdf", SampleDocuments.Pdf(_texts[0], mapped: true));
        await using var bench = await StartAsync(
            $"rescan = \"1s\"\n[[plugins.dlp.collections]]\nname = \"boards\"\npaths = [\"{_folder}\"]\naction = \"refuse\"\nremoved = \"forget\"\n");
        await PluginBench.UntilAsync(() => bench.Logged(Microsoft.Extensions.Logging.LogLevel.Information, "fingerprints of 1 documents"), "the first reading");
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(0))).Decision);
        File.Delete(Path.Combine(_folder, "a.pdf"));
        await PluginBench.UntilAsync(() => bench.Logged(Microsoft.Extensions.Logging.LogLevel.Information, "1 forgotten"), "the next one");
        Assert.True((await CheckAsync(bench, Excerpt(0))).IsPlainPass);
    }

    [Fact]
    public async Task A_link_that_is_registered_is_followed_and_those_in_a_folder_are_told_of()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName;
        Write("a.txt", Encoding.UTF8.GetBytes(_texts[0]));
        Write("inner/b.txt", Encoding.UTF8.GetBytes(_texts[2]));
        string link = Path.Combine(_folder, "link.txt");
        File.CreateSymbolicLink(link, Path.Combine(_folder, "a.txt"));
        File.CreateSymbolicLink(Path.Combine(folder, "file"), link);
        Directory.CreateSymbolicLink(Path.Combine(folder, "again"), _folder);
        await using var bench = await StartAsync("action = \"refuse\"");
        Assert.Equal("1 documents read\n", (await RunAsync(bench, "register", "plans", link)).Output);
        Assert.Equal("0 documents read\n", (await RunAsync(bench, "register", "plans", link)).Output);
        Write("a.txt", Encoding.UTF8.GetBytes(_texts[1]));
        Assert.Equal("1 documents read\n", (await RunAsync(bench, "register", "plans", link)).Output);
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(1))).Decision);
        Assert.Equal(
            "1 documents read\n2 symbolic links in registered folders are not followed: register what they lead to\n",
            (await RunAsync(bench, "register", "plans", folder)).Output);
        Assert.True(bench.Logged(Microsoft.Extensions.Logging.LogLevel.Warning, $"2 symbolic links below {folder}"));
    }

    [Fact]
    public async Task A_document_is_not_forgotten_with_its_folder()
    {
        string inner = Directory.CreateDirectory(Path.Combine(_folder, "inner")).FullName;
        Write("a.txt", Encoding.UTF8.GetBytes(_texts[0]));
        Write("inner/b.txt", Encoding.UTF8.GetBytes(_texts[1]));
        Write("inner/c.txt", Encoding.UTF8.GetBytes(_texts[2]));
        await using var bench = await StartAsync("[[plugins.dlp.collections]]\nname = \"boards\"\naction = \"refuse\"\nremoved = \"forget\"\n");
        Assert.Equal("3 documents read\n", (await RunAsync(bench, "register", "boards", _folder)).Output);

        Directory.Move(inner, _folder + "-away");
        try
        {
            await RunAsync(bench, "register", "boards", _folder);
            Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(1))).Decision);
            Directory.CreateDirectory(inner); // where another file system was
            await RunAsync(bench, "register", "boards", _folder);
            Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(1))).Decision);
            Directory.Delete(inner);
        }
        finally
        {
            Directory.Move(_folder + "-away", inner);
        }

        File.Delete(Path.Combine(inner, "b.txt"));
        await RunAsync(bench, "register", "boards", _folder);
        Assert.True((await CheckAsync(bench, Excerpt(1))).IsPlainPass);
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(2))).Decision);
    }

    [Fact]
    public async Task A_notice_that_nobody_takes_is_in_the_log()
    {
        _submission.Result = SubmissionResult.Refused;
        await using var bench = await StartAsync($"{Notify}[[plugins.dlp.patterns]]\nkind = \"iban\"\naction = \"notify\"\n");
        await CheckAsync(bench, "DE89 3704 0044 0532 0130 00");
        await PluginBench.UntilAsync(() => bench.Logged(Microsoft.Extensions.Logging.LogLevel.Warning, "the notice could not be sent: Refused"), "the warning");
    }

    [Fact]
    public async Task The_index_outlives_a_reload()
    {
        await using var bench = await StartAsync("action = \"refuse\"");
        Write("a.txt", Encoding.UTF8.GetBytes(_texts[0]));
        await RunAsync(bench, "register", "plans", _folder);
        Assert.Null(await bench.Host.ReloadAsync("dlp", CancellationToken.None));
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(0))).Decision);
        Assert.Equal("0 documents read\n", (await RunAsync(bench, "register", "plans", _folder)).Output);
        await bench.UntilUnloadedAsync();
    }

    [Fact]
    public async Task Documents_of_an_index_of_an_earlier_version_are_read_anew()
    {
        await using var bench = await StartAsync("action = \"refuse\"\nrescan = \"1h\"");
        Write("a.txt", Encoding.UTF8.GetBytes(_texts[0]));
        await RunAsync(bench, "register", "plans", _folder);
        string catalog = Directory.GetFiles(Path.Combine(bench.Installed, "..", "plugin-data", "dlp"), "catalog.json", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(catalog, (await File.ReadAllTextAsync(catalog)).Replace("\"version\":2,", "\"version\":1,", StringComparison.Ordinal));
        Assert.Null(await bench.Host.ReloadAsync("dlp", CancellationToken.None));
        Assert.True(bench.Logged(Microsoft.Extensions.Logging.LogLevel.Warning, "1 documents have fingerprints of an earlier version"));
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(0))).Decision);
        await PluginBench.UntilAsync(() => File.ReadAllText(catalog).Contains("\"version\":2,", StringComparison.Ordinal), "the reading");
        Assert.Equal("0 documents read\n", (await RunAsync(bench, "register", "plans", _folder)).Output);
        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, Excerpt(0))).Decision);
        await bench.UntilUnloadedAsync();
    }

    [Fact]
    public async Task Accents_are_no_matter_in_any_rule()
    {
        Write("words.txt", Encoding.UTF8.GetBytes("\u00FCbernahme\n"));
        await using var bench = await StartAsync(
            $"[[plugins.dlp.dictionaries]]\nname = \"words\"\nfile = \"{_folder}/words.txt\"\naction = \"tag\"\n"
            + "[[plugins.dlp.patterns]]\nname = \"ids\"\nkind = \"card\"\ncontext = [\"pr\u00FCfung\"]\naction = \"tag\"\n");
        Assert.True((await CheckAsync(bench, "card 4012888888881881")).IsPlainPass);
        var effects = (await CheckAsync(bench, "U\u0308bernahme, Pru\u0308fung: 4012888888881881")).Effects;
        Assert.Contains(new Effect.Tag("dlp-words"), effects);
        Assert.Contains(new Effect.Tag("dlp-ids"), effects);
    }

    [Fact]
    public async Task Numbers_are_found_in_attachments_and_scan_says_the_same()
    {
        await using var bench = await StartAsync("[[plugins.dlp.patterns]]\nkind = \"card\"\naction = \"refuse\"\nname = \"cards\"\n");
        byte[] sheet = SampleDocuments.Xlsx("alpha beta gamma delta");
        var verdict = await CheckAsync(bench, new TextMessage(sheet, "application/octet-stream") { Direction = Direction.Outgoing });
        Assert.Contains("(cards)", Assert.IsType<Decision.Refuse>(verdict.Decision).Reply.Text, StringComparison.Ordinal);
        Write("a.xlsx", sheet);
        Assert.Equal((1, "cards\trefuse\t1 different ones\n"), await RunAsync(bench, "scan", Path.Combine(_folder, "a.xlsx")));
        Assert.Equal(2, (await RunAsync(bench, "scan", "relative")).Status);
    }

    [Fact]
    public async Task A_notice_that_waits_keeps_no_message_waiting()
    {
        using var gate = new SemaphoreSlim(0);
        _submission.Gate = gate;
        await using var bench = await StartAsync($"{Notify}[[plugins.dlp.patterns]]\nkind = \"iban\"\naction = \"notify\"\n");
        for (int i = 0; i < 3; i++)
        {
            Assert.Contains(new Effect.Tag("dlp-iban"), (await CheckAsync(bench, "DE89 3704 0044 0532 0130 00")).Effects);
        }

        Assert.Empty(_submission.Sent);
        gate.Release(3);
        await PluginBench.UntilAsync(() => _submission.Sent.Count == 3, "three notices");
    }

    [Fact]
    public async Task Headers_lines_that_are_none_and_file_names_are_looked_at()
    {
        await using var bench = await StartAsync("[[plugins.dlp.patterns]]\nkind = \"iban\"\naction = \"refuse\"\n");
        foreach (string raw in (string[])[
            "Subject: x\r\nDE89 3704 0044 0532 0130 00\r\n\r\nbody", "X-Other: DE89370400440532013000\r\n\r\nbody",
            "X-Other: =?utf-8?Q?DE89=203704=200044?=\r\n =?utf-8?B?IDA1MzIgMDEzMCAwMA==?=\r\n\r\nbody"])
        {
            Assert.IsType<Decision.Refuse>((await CheckAsync(bench, new HeadedMessage(raw, null))).Decision);
        }

        Assert.IsType<Decision.Refuse>((await CheckAsync(bench, new HeadedMessage("Subject: x\r\n\r\nbody", "DE89370400440532013000.txt"))).Decision);
        Assert.True((await CheckAsync(bench, new HeadedMessage("Subject: x\r\n\r\nbody", "a.txt"))).IsPlainPass);
    }

    [Fact]
    public async Task Copies_are_listed_as_such()
    {
        await using var bench = await StartAsync("");
        Write("a.txt", Encoding.UTF8.GetBytes(_texts[0]));
        Write("b.docx", SampleDocuments.Docx(_texts[0]));
        Write("c.txt", Encoding.UTF8.GetBytes(_texts[0].ToUpperInvariant()));
        await RunAsync(bench, "register", "plans", _folder);
        Assert.Contains("3 documents (2 of them copies)", (await RunAsync(bench, "list")).Output, StringComparison.Ordinal);
        Assert.Contains("(the same text as ", (await RunAsync(bench, "list", "plans")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pass", typeof(Decision.Pass), 0)]
    [InlineData("tag", typeof(Decision.Pass), 1)]
    [InlineData("hold", typeof(Decision.Hold), 1)]
    [InlineData("refuse", typeof(Decision.Refuse), 1)]
    public async Task What_cannot_be_read(string setting, Type decision, int effects)
    {
        await using var bench = await StartAsync($"{Notify}unreadable = \"{setting}\"");
        byte[] old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        var verdict = await CheckAsync(bench, new TextMessage(old, "application/msword") { Direction = Direction.Outgoing });
        Assert.IsType(decision, verdict.Decision);
        Assert.Equal(effects, verdict.Effects.Length);
        await (verdict.Decision is Decision.Pass ? Task.CompletedTask : PluginBench.UntilAsync(() => !_submission.Sent.IsEmpty, "the notice"));
        Assert.Equal(verdict.Decision is not Decision.Pass, !_submission.Sent.IsEmpty);
    }

    [Theory]
    [InlineData("", Direction.Incoming, "b@example.com", false)]
    [InlineData("", Direction.Outgoing, "b@example.com", true)]
    [InlineData("internal_domains = [\"example.com\"]", Direction.Outgoing, "b@example.com", false)]
    [InlineData("internal_domains = [\"example.com\"]\ninternal = true", Direction.Outgoing, "b@example.com", true)]
    [InlineData("exempt_recipients = [\"example.com\"]", Direction.Outgoing, "b@example.com", false)]
    [InlineData("exempt_recipients = [\"example.com\"]", Direction.Outgoing, "b@example.net", true)]
    [InlineData("exempt_senders = [\"a@example.test\"]", Direction.Outgoing, "b@example.net", false)]
    public async Task Who_is_looked_at(string keys, Direction direction, string recipient, bool isFound)
    {
        await using var bench = await StartAsync($"{keys}\n[[plugins.dlp.patterns]]\nkind = \"iban\"\naction = \"refuse\"\n");
        Assert.True(EmailAddress.TryParse(recipient, out var to));
        var verdict = await CheckAsync(bench, new TextMessage("DE89 3704 0044 0532 0130 00", "text/plain")
        {
            Direction = direction,
            Envelope = new Envelope(new EmailAddress("a", "example.test"), [to]),
        });
        Assert.Equal(isFound, verdict.Decision is Decision.Refuse);
    }

    [Fact]
    public async Task Bad_arguments_are_told()
    {
        await using var bench = await StartAsync("");
        Assert.Equal(2, (await RunAsync(bench, "register", "x")).Status);
        Assert.Equal(2, (await RunAsync(bench, "register", "x", "/nowhere/at/all")).Status);
        Assert.Equal(2, (await RunAsync(bench, "register", "a b", _folder)).Status);
        Assert.Equal(1, (await RunAsync(bench, "list", "x")).Status);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<PluginBench> StartAsync(string table)
    {
        var bench = new PluginBench(services: given => given with { Submission = _submission });
        Assert.Empty(await bench.ApplyAsync(ListBench.Settings("dlp", table)));
        return bench;
    }

    private void Write(string name, byte[] content) => File.WriteAllBytes(Path.Combine(_folder, name), content);

    private string Excerpt(int text)
    {
        string[] words = _texts[text].Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return $"Hello,\r\n> {string.Join(" ", words[300..400]).ToUpperInvariant()}\r\nRegards";
    }

    private static Task<Verdict> CheckAsync(PluginBench bench, string text) =>
        CheckAsync(bench, new TextMessage(text, "text/plain") { Direction = Direction.Outgoing });

    private static async Task<Verdict> CheckAsync(PluginBench bench, IMessageView message)
    {
        var answer = await bench.Roles.MessageChecks[0].AskAsync(message, CancellationToken.None);
        Assert.Null(answer.Fault);
        return answer.Value;
    }

    private static async Task<(int Status, string Output)> RunAsync(PluginBench bench, string command, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        int status = await bench.Host.RunCommandAsync("dlp", command, arguments, output, output, CancellationToken.None);
        return (status, output.ToString());
    }

    private static void AssertNotStored(PluginBench bench, string[] words)
    {
        string[] files = Directory.GetFiles(Path.Combine(bench.Installed, "..", "plugin-data", "dlp"), "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith(".seg", StringComparison.Ordinal));
        foreach (string content in files.Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))))
        {
            Assert.DoesNotContain(words.Where(word => word.Length > 6), content.Contains);
        }
    }

    private sealed class KeptSubmission : ISubmission
    {
        public ConcurrentQueue<(string Key, string Message)> Sent { get; } = new();

        public SemaphoreSlim? Gate { get; set; }

        public SubmissionResult Result { get; set; } = SubmissionResult.Accepted;

        public async ValueTask<SubmissionResult> SubmitAsync(SubmittedMessage message, string idempotencyKey, CancellationToken cancellationToken)
        {
            await (Gate?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
            byte[] octets = new byte[message.Content.Length];
            message.Content.Read(0, octets);
            Sent.Enqueue((idempotencyKey, Encoding.UTF8.GetString(octets)));
            return Result;
        }
    }

    /// <summary>A message with a header and one part.</summary>
    private sealed class HeadedMessage(string raw, string? fileName) : IMessageView
    {
        private readonly byte[] _octets = Encoding.UTF8.GetBytes(raw);

        public string TransactionId => "t1";

        public ISessionView Session => new FakeSession { Direction = Direction };

        public Direction Direction => Direction.Outgoing;

        public Envelope Envelope => new(new EmailAddress("a", "example.test"), [new EmailAddress("b", "example.test")]);

        public MessageContent Content => new MemoryContent(_octets);

        public ImmutableArray<MessageHeader> Headers => [];

        public ImmutableArray<MessagePart> Parts => [new("1", "text/plain", null, fileName, IsAttachment: false, _octets.Length - 4, 4)];

        public double Score => 0;

        public ImmutableHashSet<string> Tags => [];

        public Stream OpenDecoded(MessagePart part) => new MemoryStream(_octets, (int)part.Offset, (int)part.Length, writable: false);

        public Stream OpenRaw() => new MemoryStream(_octets, writable: false);
    }
}
