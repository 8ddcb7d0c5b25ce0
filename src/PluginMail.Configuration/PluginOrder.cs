using PluginMail.Configuration.Toml;

namespace PluginMail.Configuration;

/// <summary>Writes to <c>order</c> of <c>[plugins]</c> in a configuration file, and leaves every other character as it is.</summary>
public static class PluginOrder
{
    private const string Table = "plugins";
    private const string Key = "order";

    /// <summary>Adds a plugin at the end of the order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The plugin's name.</param>
    /// <returns>Null when the file is written; otherwise why it is not, and it is as it was.</returns>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read or written.</exception>
    public static string? Add(string path, string name) => Edit(path, document => TomlEditor.AddItem(document, [Table], Key, name));

    /// <summary>Takes a plugin out of the order. Its own table stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The plugin's name as the order has it.</param>
    /// <returns>Null when the file is written; otherwise why it is not, and it is as it was.</returns>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read or written.</exception>
    public static string? Remove(string path, string name) => Edit(path, document => TomlEditor.RemoveItem(document, [Table], Key, name));

    private static string? Edit(string path, Func<TomlDocument, TomlDocument> edit)
    {
        byte[] before = File.ReadAllBytes(path);
        if (ConfigurationFile.Parse(before, path) is { IsUsable: false } unusable)
        {
            return $"{path} has errors: {unusable.Errors.First()}";
        }

        byte[] after = edit(TomlDocument.Parse(before)).ToUtf8();
        if (ConfigurationFile.Parse(after, path) is { IsUsable: false } result)
        {
            return $"order of [plugins] in {path} cannot be changed where it stands: {result.Errors.First().Message}";
        }

        if (after.AsSpan().SequenceEqual(before))
        {
            return $"order of [plugins] in {path} is not an array on lines of its own; change it there";
        }

        ConfigurationFile.Replace(path, after);
        return null;
    }
}
