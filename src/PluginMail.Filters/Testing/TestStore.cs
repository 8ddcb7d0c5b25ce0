using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Testing;

/// <summary>The mail store and outbox of a test file.</summary>
internal sealed class TestStore
{
    private readonly Dictionary<string, string> _ids = [];

    /// <summary>A store without anything.</summary>
    public static TestStore Empty { get; } = new();

    /// <summary>Folders by name with their messages.</summary>
    public Dictionary<string, List<byte[]>> Folders { get; } = new(StringComparer.Ordinal) { ["INBOX"] = [] };

    /// <summary>Messages that were sent.</summary>
    public List<SentMessage> Sent { get; } = [];

    /// <summary>Who was told by which answer that the owner is away; no time passes while a file runs.</summary>
    public HashSet<(string Handle, string Recipient)> Answered { get; } = [];

    /// <summary>Annotations by folder, "" being the server, and name.</summary>
    public Dictionary<(string Folder, string Annotation), string> Metadata { get; } = [];

    /// <summary>What the test duplicate is to remember.</summary>
    public HashSet<(string Handle, string UniqueId)> Marks { get; } = [];

    /// <summary>The folder with an identifier (RFC 8474), or null: "F1" is INBOX, "F2" the first that was made, and so on.</summary>
    public string? FolderOf(string mailboxId)
    {
        foreach (var name in Folders.Keys)
        {
            _ids.TryAdd(name, $"F{_ids.Count + 1}");
        }

        return Folders.Keys.FirstOrDefault(name => _ids[name] == mailboxId);
    }

    /// <summary>The folder with a special use, or null: a folder has the use that it is named after.</summary>
    public string? FolderFor(string specialUse) =>
        Folders.Keys.FirstOrDefault(name => specialUse.Equals("\\" + name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A message that was sent.</summary>
/// <param name="From">The reverse path; empty is the null sender.</param>
/// <param name="Recipient">The recipient.</param>
/// <param name="Message">Its octets.</param>
internal sealed record SentMessage(string From, string Recipient, byte[] Message);

/// <summary>Answers what scripts ask of the mailbox from the store.</summary>
internal sealed class TestHost(Func<TestStore> store) : IImmediateHost
{
    public T Answer<T>(Func<IFilterHost, CancellationToken, ValueTask<T>> question) => TestTasks.Complete(question(this, CancellationToken.None));

    public ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) => new(store().Folders.ContainsKey(mailbox));

    public ValueTask<bool> SpecialUseExistsAsync(string? mailbox, string specialUse, CancellationToken cancellation) =>
        new(store().FolderFor(specialUse) is { } folder && (mailbox is null || folder == mailbox));

    public ValueTask<bool> MailboxIdExistsAsync(string mailboxId, CancellationToken cancellation) => new(store().FolderOf(mailboxId) is not null);

    public ValueTask<string?> GetMetadataAsync(string? mailbox, string annotation, CancellationToken cancellation) =>
        new(store().Metadata.GetValueOrDefault((mailbox ?? "", annotation)));

    public ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) => new(store().Marks.Contains((mark.Handle, mark.UniqueId)));
}
