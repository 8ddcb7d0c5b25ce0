using PluginMail.Configuration.Settings;

namespace PluginMail.Configuration.Options;

/// <summary>What the readers of all tables share.</summary>
/// <param name="Root">The document's root table.</param>
/// <param name="Folder">The folder of the file; relative paths begin there.</param>
internal sealed record OptionsReader(TomlSettings Root, string Folder)
{
    /// <summary>An absolute path; empty stays empty.</summary>
    internal string Resolve(string path) => path.Length == 0 ? "" : Path.GetFullPath(path, Folder);

    /// <summary>Reads a path and makes it absolute.</summary>
    internal string GetPath(TomlSettings table, string key, string defaultValue)
    {
        string path = table.GetString(key, defaultValue);
        if (!path.Contains('\0', StringComparison.Ordinal))
        {
            return Resolve(path);
        }

        table.Reject(key, "a path without NUL characters");
        return Resolve(defaultValue);
    }

    /// <summary>Reads a path of a file that must be there.</summary>
    internal string GetExistingFile(TomlSettings table, string key)
    {
        string path = GetPath(table, key, "");
        if (path.Length > 0 && !File.Exists(path))
        {
            table.Reject(key, $"a file that exists ({path} does not)");
        }

        return path;
    }
}
