using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>A document whose fingerprints are kept.</summary>
/// <param name="Id">Its number in the index, of 24 bits; another one each time that it is read anew. Documents of a collection with the same text have the same.</param>
/// <param name="Collection">What it belongs to.</param>
/// <param name="Path">Its file.</param>
/// <param name="Length">The file's octets when it was read.</param>
/// <param name="Modified">The file's time when it was read, in ticks.</param>
/// <param name="Words">Words of its text.</param>
/// <param name="Fingerprints">Its different fingerprints; 0 where no text could be read.</param>
/// <param name="Problem">Why no text, or not all of it, could be read; empty where it was.</param>
/// <param name="Text">A hash of all its fingerprints; 0 where there are none, or where an older version read it.</param>
internal sealed record RegisteredDocument(
    int Id, string Collection, string Path, long Length, long Modified, int Words, int Fingerprints, string Problem, ulong Text = 0)
{
    /// <summary>Whether an older version read it, which made other fingerprints of some words.</summary>
    [JsonIgnore]
    public bool IsOutdated => Text == 0 && Fingerprints > 0;
}

/// <summary>A file or folder that was registered by a command.</summary>
/// <param name="Collection">What its documents belong to.</param>
/// <param name="Path">The file or folder.</param>
internal sealed record Registration(string Collection, string Path);

/// <summary>What the index consists of, as its file <c>catalog.json</c> says. Replaced as a whole: it is the old one or the new one at any time.</summary>
/// <param name="Version">Of the file's form and of the way to fingerprint.</param>
/// <param name="Revision">Grows with each change.</param>
/// <param name="Key">The number that this index's hashes depend on.</param>
/// <param name="NextId">The number of the next document.</param>
/// <param name="Segments">Names of the segments' files.</param>
/// <param name="Registrations">What was registered by command.</param>
/// <param name="Documents">The documents.</param>
internal sealed record Catalog(
    int Version,
    long Revision,
    ulong Key,
    int NextId,
    ImmutableArray<string> Segments,
    ImmutableArray<Registration> Registrations,
    ImmutableArray<RegisteredDocument> Documents)
{
    /// <summary>The version that is written. The first one did not fold letters and their accents.</summary>
    public const int CurrentVersion = 2;

    /// <summary>The greatest number of a document.</summary>
    public const int MostIds = 1 << 24;

    /// <summary>Reads a file. What is of an older version stays, to be compared with as it is until it has been read anew.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isDamaged">Whether it is there and is none, or one of a later version.</param>
    /// <returns>Null where it is missing or damaged.</returns>
    /// <exception cref="IOException">It is there and cannot be read: nobody knows what it says.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static Catalog? Read(string path, out bool isDamaged)
    {
        isDamaged = false;
        try
        {
            using var file = File.OpenRead(path);
            var catalog = JsonSerializer.Deserialize(file, CatalogJson.Default.Catalog) is { Version: > 0 and <= CurrentVersion } read
                && !read.Segments.IsDefault && !read.Registrations.IsDefault && !read.Documents.IsDefault ? read : null;
            isDamaged = catalog is null;
            return catalog?.Version < CurrentVersion ? catalog.Outdated() : catalog;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException)
        {
            isDamaged = true;
            return null;
        }
    }

    /// <summary>Writes it in place of the old one.</summary>
    /// <exception cref="IOException">The disk is full or fails; the old one is still there.</exception>
    public void Write(string path)
    {
        string draft = path + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            JsonSerializer.Serialize(file, this, CatalogJson.Default.Catalog);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    // Of some that had no text this version can read one: their files count as changed.
    private Catalog Outdated() => this with
    {
        Version = CurrentVersion,
        Documents = [.. Documents.Select(document => document with { Text = 0, Modified = document.Fingerprints == 0 ? 0 : document.Modified })],
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Catalog))]
internal sealed partial class CatalogJson : JsonSerializerContext;
