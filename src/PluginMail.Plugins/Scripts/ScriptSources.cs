using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Plugins.Scripts;

/// <summary>A script with all files that it loads and refers to, read once: what is hashed is what is compiled.</summary>
internal sealed class ScriptSources
{
    private const int MostFiles = 64;
    private const int MostDepth = 16;
    private const long LongestText = 1 << 20;
    private const long LargestReference = 32 << 20;

    private readonly SortedDictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, byte[]> _references = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _unreadable = new(StringComparer.Ordinal);
    private readonly Dictionary<(string File, int Line), string> _refusals = [];
    private readonly HashSet<(string From, string To)> _circles = [];
    private readonly List<string> _loading = [];

    private ScriptSources(string path) => Path = path;

    /// <summary>The script's own full path.</summary>
    public string Path { get; }

    /// <summary>The folder in which all that it loads must lie.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path)!;

    /// <summary>The texts by full path, those of loaded files included.</summary>
    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>The assemblies that it refers to by file, by full path.</summary>
    public IReadOnlyDictionary<string, byte[]> References => _references;

    /// <summary>Why the directives of some lines lead nowhere.</summary>
    public IReadOnlyDictionary<(string File, int Line), string> Refusals => _refusals;

    /// <summary>Whether a file must not load another, as that would make it load itself.</summary>
    public bool IsCircle(string from, string to) => _circles.Contains((from, to));

    /// <summary>Why the script itself cannot be read; null where it was.</summary>
    public string? Error => _unreadable.GetValueOrDefault(Path);

    /// <summary>Every file that it depends on, also those that could not be read.</summary>
    public ImmutableArray<string> Files => [.. _texts.Keys.Concat(_references.Keys).Concat(_unreadable.Keys).Distinct(StringComparer.Ordinal)];

    /// <summary>16 hexadecimal digits that change when any of the files does, or the contract, the compiler or the framework.</summary>
    public string Hash { get; private set; } = "";

    /// <summary>Reads a script and what it loads. Never fails: what cannot be read is told when it is compiled.</summary>
    public static ScriptSources Read(string path)
    {
        var sources = new ScriptSources(System.IO.Path.GetFullPath(path));
        sources.Load(sources.Path, 0);
        sources.Hash = sources.ComputeHash();
        return sources;
    }

    private static string? ReadFile(string path, long limit, out byte[] octets)
    {
        octets = [];
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > limit)
            {
                return $"has {file.Length} octets; {limit} are the most";
            }

            octets = new byte[file.Length];
            octets = octets[..file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false)];
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return "cannot be read: " + e.Message;
        }
    }

    private string? Load(string path, int depth)
    {
        if (_texts.ContainsKey(path))
        {
            return null;
        }

        string? error = depth > MostDepth ? $"is loaded more than {MostDepth} files deep"
            : _texts.Count == MostFiles ? $"is one file too many; a script has at most {MostFiles}"
            : ReadFile(path, LongestText, out byte[] octets) ?? Decode(path, octets);
        if (error is not null)
        {
            _unreadable[path] = error;
            return error;
        }

        _loading.Add(path);
        foreach (var directive in ScriptDirective.Find(_texts[path]))
        {
            string? refusal = directive.IsLoad ? LoadFrom(path, directive.Target, depth) : Refer(path, directive.Target);
            if (refusal is not null)
            {
                _refusals[(path, directive.Line)] = $"\"{directive.Target}\" {refusal}";
            }
        }

        _loading.RemoveAt(_loading.Count - 1);
        return null;
    }

    private string? Decode(string path, byte[] octets)
    {
        ReadOnlySpan<byte> text = octets;
        text = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        if (!System.Text.Unicode.Utf8.IsValid(text))
        {
            return "is not in UTF-8";
        }

        _texts[path] = Encoding.UTF8.GetString(text);
        return null;
    }

    private string? LoadFrom(string from, string target, int depth) => Resolve(from, target) is not { } path
        ? "lies outside of the script's folder"
        : _loading.IndexOf(path) is >= 0 and var first ? Close(from, path, first)
        : Load(path, depth + 1);

    /// <summary>A file is to be loaded that is being loaded.</summary>
    private string Close(string from, string path, int first)
    {
        _circles.Add((from, path));
        string way = string.Join(" → ", _loading.Skip(first).Append(path).Select(file => System.IO.Path.GetRelativePath(Folder, file)));
        return $"makes a file load itself: {way}";
    }

    private string? Refer(string from, string target)
    {
        if (target.StartsWith("nuget", StringComparison.OrdinalIgnoreCase))
        {
            return "is a package, and scripts get none from the network; put its .dll beside the script and refer to that file";
        }

        if (!target.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
        {
            return "is neither an assembly of the framework nor a .dll file beside the script";
        }

        if (Resolve(from, target) is not { } path)
        {
            return "lies outside of the script's folder";
        }

        if (_references.ContainsKey(path))
        {
            return null;
        }

        string? error = _references.Count == MostFiles ? $"is one file too many; a script refers to at most {MostFiles}" : ReadFile(path, LargestReference, out byte[] octets) is { } unread ? unread : Keep(octets);
        if (error is not null)
        {
            _unreadable[path] = error;
        }

        return error;

        string? Keep(byte[] image)
        {
            _references[path] = image;
            return null;
        }
    }

    /// <summary>A full path within the script's folder; null where it leads out of it.</summary>
    private string? Resolve(string from, string target)
    {
        if (target.Length == 0 || target.Contains('\0', StringComparison.Ordinal))
        {
            return null;
        }

        string path = System.IO.Path.GetFullPath(target, System.IO.Path.GetDirectoryName(from)!);
        return path.StartsWith(System.IO.Path.TrimEndingDirectorySeparator(Folder) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : null;
    }

    private string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(ScriptToolchain.Key);
        foreach (var (path, text) in _texts)
        {
            Append(path);
            Append(text);
        }

        foreach (var (path, image) in _references)
        {
            Append(path);
            hash.AppendData(SHA256.HashData(image));
        }

        foreach (var (path, error) in _unreadable)
        {
            Append(path);
            Append(error);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

        void Append(string text) => hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
