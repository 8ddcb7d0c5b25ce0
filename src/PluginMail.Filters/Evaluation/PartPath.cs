using System.Globalization;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>The way from a message's root to one of its parts, which stays the same when other parts are replaced.</summary>
internal static class PartPath
{
    /// <summary>The way to a part; null where the part is none of that root's, "" for the root itself.</summary>
    public static string? Of(MimePart root, MimePart part)
    {
        if (ReferenceEquals(root, part))
        {
            return "";
        }

        var children = ChildrenOf(root);
        for (var i = 0; i < children.Count; i++)
        {
            if (Of(children[i], part) is { } rest)
            {
                return rest.Length == 0 ? i.ToString(CultureInfo.InvariantCulture) : $"{i}.{rest}";
            }
        }

        return null;
    }

    /// <summary>The part at the end of a way; null where there is none any more.</summary>
    public static MimePart? Find(MimePart root, string path)
    {
        var part = root;
        foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var children = ChildrenOf(part);
            var index = int.Parse(step, CultureInfo.InvariantCulture);
            if (index >= children.Count)
            {
                return null;
            }

            part = children[index];
        }

        return part;
    }

    private static IReadOnlyList<MimePart> ChildrenOf(MimePart part) => part.EmbeddedMessage is { } message ? [message] : part.Children;
}
