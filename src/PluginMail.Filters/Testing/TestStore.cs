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

    /// <summary>Annotations by folder, "" being the server, and name.</summary>
    public Dictionary<(string Folder, string Annotation), string> Metadata { get; } = [];

    /// <summary>What the test duplicate is to remember.</summary>
    public HashSet<(string Handle, string UniqueId)> Marks { get; } = [];
}

/// <summary>Answers what scripts ask of the mailbox from the store.</summary>
internal sealed class TestHost(Func<TestStore> store) : IFilterHost
{
    public ValueTask<bool> MailboxExistsAsync(string mailbox, CancellationToken cancellation) => new(store().Folders.ContainsKey(mailbox));

    public ValueTask<string?> GetMetadataAsync(string? mailbox, string annotation, CancellationToken cancellation) =>
        new(store().Metadata.GetValueOrDefault((mailbox ?? "", annotation)));

    public ValueTask<bool> IsDuplicateAsync(DuplicateMark mark, CancellationToken cancellation) => new(store().Marks.Contains((mark.Handle, mark.UniqueId)));
}
