using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using PluginMail.MailAuth;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>A key of a domain as an administrator sees it.</summary>
/// <param name="Key">The key.</param>
/// <param name="IsActive">Whether the domain signs with it; where not, it waits until its record is published.</param>
internal sealed record DkimKeyState(DkimSigningKey Key, bool IsActive);

/// <summary>
/// The DKIM keys of the domains: files <c>dkim/DOMAIN/SELECTOR.pem</c>, readable for the server alone; one named <c>SELECTOR.next.pem</c> waits.
/// </summary>
/// <param name="folder">Where the domains' folders lie.</param>
/// <param name="clock">The clock, for selectors.</param>
internal sealed class DkimKeys(string folder, TimeProvider clock) : IDkimKeySource
{
    private const string Suffix = ".pem";
    private const string Waiting = ".next";
    private readonly ConcurrentDictionary<string, ImmutableArray<DkimSigningKey>> _active = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<DkimSigningKey>> FindAsync(string domain, CancellationToken cancellationToken) =>
        new(_active.GetOrAdd(domain, name => [.. List(name).Where(state => state.IsActive).Select(state => state.Key)]));

    /// <summary>The keys of a domain, by selector; empty where it has none. A file that holds no key is passed over.</summary>
    public ImmutableArray<DkimKeyState> List(string domain)
    {
        string place = Path.Combine(folder, domain);
        if (!IsName(domain) || !Directory.Exists(place))
        {
            return [];
        }

        var found = ImmutableArray.CreateBuilder<DkimKeyState>();
        foreach (string path in Directory.GetFiles(place, "*" + Suffix).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path)[..^Suffix.Length];
            bool waits = name.EndsWith(Waiting, StringComparison.Ordinal);
            string selector = waits ? name[..^Waiting.Length] : name;
            if (DkimSigningKey.TryFromPem(domain, selector, File.ReadAllText(path), out DkimSigningKey? key))
            {
                found.Add(new DkimKeyState(key, !waits));
            }
        }

        return found.ToImmutable();
    }

    /// <summary>Makes an RSA and an Ed25519 key for a domain (RFC 8463 section 3).</summary>
    /// <param name="domain">The domain in lower case.</param>
    /// <param name="isActive">Whether the domain signs with them at once.</param>
    /// <exception cref="IOException">They cannot be written.</exception>
    public void Make(string domain, bool isActive)
    {
        if (!IsName(domain))
        {
            throw new IOException($"{domain} is no name of a folder");
        }

        PrivateDirectory(folder);
        string place = Path.Combine(folder, domain);
        PrivateDirectory(place);
        string date = clock.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        foreach ((string kind, DkimAlgorithm algorithm) in ((string, DkimAlgorithm)[])[("r", DkimAlgorithm.RsaSha256), ("e", DkimAlgorithm.Ed25519Sha256)])
        {
            string selector = Free(place, $"{kind}{date}");
            using DkimSigningKey key = DkimSigningKey.Generate(domain, selector, algorithm);
            Write(Path.Combine(place, selector + (isActive ? "" : Waiting) + Suffix), key.ToPem());
        }

        DurableFile.SyncFolder(place); // what is published has to be there after a power loss
        DurableFile.SyncFolder(folder);
        _active.TryRemove(domain, out _);
    }

    /// <summary>Lets a domain sign with the keys that wait, and no more with the others, which are removed.</summary>
    /// <returns>Whether there were any that waited.</returns>
    /// <exception cref="IOException">They cannot be changed.</exception>
    public bool Switch(string domain)
    {
        string place = Path.Combine(folder, domain);
        string[] files = IsName(domain) && Directory.Exists(place) ? Directory.GetFiles(place, "*" + Suffix) : [];
        string[] next = [.. files.Where(path => path.EndsWith(Waiting + Suffix, StringComparison.Ordinal))];
        if (next.Length == 0)
        {
            return false;
        }

        foreach (string path in next)
        {
            File.Move(path, path[..^(Waiting.Length + Suffix.Length)] + Suffix);
        }

        foreach (string path in files.Except(next))
        {
            File.Delete(path);
        }

        DurableFile.SyncFolder(place);
        _active.TryRemove(domain, out _);
        return true;
    }

    // A domain's name as the store has it: A-labels, so no separators and nothing that leads elsewhere.
    private static bool IsName(string domain) =>
        domain.Length is > 0 and <= 253 && domain[0] != '.' && domain.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    private static string Free(string place, string selector)
    {
        string free = selector;
        for (int i = 2; Directory.GetFiles(place, free + ".*").Length > 0; i++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{selector}-{i}");
        }

        return free;
    }

    private static void PrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
