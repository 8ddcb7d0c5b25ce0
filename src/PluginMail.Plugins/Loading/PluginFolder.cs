using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Plugins.Loading;

/// <summary>A folder with a plugin in it.</summary>
/// <param name="Path">Its full path.</param>
internal sealed record PluginFolder(string Path)
{
    /// <summary>Finds a plugin's folder, whatever the case of its name.</summary>
    /// <param name="roots">Where to look, in this order.</param>
    /// <param name="name">The plugin's name in mail.toml.</param>
    /// <returns>The folder; null where there is none that holds an assembly.</returns>
    public static PluginFolder? Find(IEnumerable<string> roots, string name)
    {
        foreach (string root in roots)
        {
            string? path = !Directory.Exists(root) ? null : Directory.EnumerateDirectories(root)
                .Where(folder => string.Equals(System.IO.Path.GetFileName(folder), name, StringComparison.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal)
                .FirstOrDefault(folder => Directory.EnumerateFiles(folder, "*.dll").Any());
            if (path is not null)
            {
                return new PluginFolder(path);
            }
        }

        return null;
    }

    /// <summary>A hash over the names and contents of all files.</summary>
    /// <returns>16 hexadecimal digits.</returns>
    /// <exception cref="IOException">The folder is being written.</exception>
    public string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(System.IO.Path.GetRelativePath(Path, file)));
            using var stream = File.OpenRead(file);
            hash.AppendData(SHA256.HashData(stream));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Copies all files. Loading the originals would kill the process when one of them is overwritten in place.</summary>
    /// <param name="destination">A folder that does not exist yet.</param>
    /// <exception cref="IOException">The folder is being written, or the disk is full.</exception>
    public PluginFolder CopyTo(string destination)
    {
        Directory.CreateDirectory(destination);
        foreach (string folder in Directory.EnumerateDirectories(Path, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(System.IO.Path.Combine(destination, System.IO.Path.GetRelativePath(Path, folder)));
        }

        foreach (string file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, System.IO.Path.Combine(destination, System.IO.Path.GetRelativePath(Path, file)), overwrite: true);
        }

        return new PluginFolder(destination);
    }

    /// <summary>Removes the folder as far as that is possible.</summary>
    public void Delete()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover copy costs disk space until the next start, nothing else.
        }
    }

    /// <summary>
    /// Finds the plugin's own assembly: the one named like the plugin that has a .deps.json, or the only one that has, or the one named like the
    /// plugin, or the only one. A library that is named like the folder has no .deps.json as a rule, and is not taken for the plugin.
    /// </summary>
    /// <param name="name">The plugin's name.</param>
    /// <exception cref="PluginRejectedException">It cannot be told which one.</exception>
    public string FindMainAssembly(string name)
    {
        string[] assemblies = Directory.GetFiles(Path, "*.dll");
        string[] described = [.. assemblies.Where(assembly => File.Exists(System.IO.Path.ChangeExtension(assembly, ".deps.json")))];
        return described.FirstOrDefault(IsNamed)
            ?? (described is [var only] ? only : null)
            ?? assemblies.FirstOrDefault(IsNamed)
            ?? (assemblies is [var single] ? single : null)
            ?? throw new PluginRejectedException(
                $"cannot tell which assembly is the plugin: expected {name}.dll, or one assembly with its .deps.json");

        bool IsNamed(string assembly) => string.Equals(System.IO.Path.GetFileNameWithoutExtension(assembly), name, StringComparison.OrdinalIgnoreCase);
    }
}
