using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Testing;

/// <summary>The mail store and outbox of a test file.</summary>
internal sealed class TestStore
{
    /// <summary>A store without anything.</summary>
    public static TestStore Empty { get; } = new();

    /// <summary>Folders by name with their messages.</summary>
    public Dictionary<string, List<byte[]>> Folders { get; } = new(StringComparer.Ordinal) { ["INBOX"] = [] };

    /// <summary>Messages that were sent, with their recipients.</summary>
    public List<(string Recipient, byte[] Message)> Sent { get; } = [];

    /// <summary>Who was told by which answer that the owner is away; no time passes while a file runs.</summary>
    public HashSet<(string Handle, string Recipient)> Answered { get; } = [];

    /// <summary>Annotations by folder, "" being the server, and name.</summary>
    public Dictionary<(string Folder, string Annotation), string> Metadata { get; } = [];

    /// <summary>What the test duplicate is to remember.</summary>
    public HashSet<(string Handle, string UniqueId)> Marks { get; } = [];
}

/// <summary>Answers what scripts ask of the mailbox from the store.</summary>
internal sealed class TestHost(Func<TestStore> store) : IImmediateHost
{
    public T Answer<T>(Func<IFilterHost, CancellationToken, ValueTask<T>> question) => TestTasks.Complete(question(this, CancellationToken.None));

    public ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) => new(store().Folders.ContainsKey(mailbox));

    /// <summary>A folder has the special use that it is named after.</summary>
    public ValueTask<bool> SpecialUseExistsAsync(string? mailbox, string specialUse, CancellationToken cancellation) => new(
        store().Folders.Keys.Any(name => (mailbox is null || name == mailbox) && specialUse.Equals("\\" + name, StringComparison.OrdinalIgnoreCase)));

    public ValueTask<string?> GetMetadataAsync(string? mailbox, string annotation, CancellationToken cancellation) =>
        new(store().Metadata.GetValueOrDefault((mailbox ?? "", annotation)));

    public ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) => new(store().Marks.Contains((mark.Handle, mark.UniqueId)));
}
