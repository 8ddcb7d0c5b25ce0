using System.Text;

namespace PluginMail.Storage;

/// <summary>The server's shared annotations (RFC 5464 section 3.3), as its administrator has set them. Everybody reads them, nobody changes them by IMAP.</summary>
/// <param name="entries">Names (see <see cref="AnnotationName.IsEntry"/>, all shared) with their values; looked up without regard to case.</param>
public sealed class ServerAnnotations(IReadOnlyDictionary<string, string> entries)
{
    /// <summary>None are set.</summary>
    public static ServerAnnotations None { get; } = new(new Dictionary<string, string>());

    /// <summary>Reads one entry.</summary>
    /// <param name="entry">Its name, case not regarded.</param>
    /// <returns>UTF-8; null where it is not set.</returns>
    public ReadOnlyMemory<byte>? Find(string entry) => entries.TryGetValue(entry, out string? value) ? Encoding.UTF8.GetBytes(value) : (ReadOnlyMemory<byte>?)null;

    /// <summary>Reads an entry, and what is below it.</summary>
    /// <param name="entry">Its name, case not regarded; also <see cref="AnnotationName.Shared"/>.</param>
    /// <param name="depth">How far below it.</param>
    /// <returns>What is set of these, by name.</returns>
    public IEnumerable<Annotation> List(string entry, AnnotationDepth depth) => entries
        .Where(pair => AnnotationName.IsWithin(pair.Key, entry, depth))
        .OrderBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase)
        .Select(static pair => new Annotation(pair.Key, Encoding.UTF8.GetBytes(pair.Value)));
}
