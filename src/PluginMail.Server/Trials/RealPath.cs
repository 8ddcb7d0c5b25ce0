namespace PluginMail.Server;

/// <summary>Paths without links in them: two names of one file become the same.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>Follows the links in every part of a path.</summary>
    /// <param name="path">Any path.</param>
    /// <returns>The full path without links, as far as its parts exist and their links lead somewhere.</returns>
    public static string Of(string path)
    {
        string full = Path.GetFullPath(path);
        for (int links = 0; links < MostLinks; links++)
        {
            if (WithoutFirstLink(full) is not { } next)
            {
                return full;
            }

            full = next;
        }

        return full;
    }

    /// <summary>The path with its first link replaced by what that names; null where there is none.</summary>
    private static string? WithoutFirstLink(string full)
    {
        string reached = Path.GetPathRoot(full)!;
        foreach (string part in full[reached.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(reached, part);
            if (new FileInfo(next).LinkTarget is { } target)
            {
                return Path.GetFullPath(Path.Combine(reached, target) + full[next.Length..]);
            }

            reached = next;
        }

        return null;
    }
}
