using System.Text;

namespace PluginMail.Imap;

/// <summary>ENABLE (RFC 5161). METADATA and METADATA-SERVER ask to be told of changes of annotations (RFC 5464 section 4.1); nothing else needs it.</summary>
/// <param name="Names">Names of capabilities, in capitals.</param>
internal sealed record Enable(IReadOnlyList<string> Names) : ImapCommand
{
    private const string Metadata = "METADATA";
    private const string MetadataServer = "METADATA-SERVER";

    /// <summary>Takes names of capabilities.</summary>
    public static Enable? Parse(ref ImapReader reader)
    {
        List<string> names = [];
        do
        {
            if (!reader.ExpectSpace() || !reader.ReadAtom(out ReadOnlySpan<byte> name))
            {
                return null;
            }

            names.Add(Encoding.ASCII.GetString(name).ToUpperInvariant());
        }
        while (!reader.IsAtEnd);
        return new Enable(names);
    }

    /// <summary>Says what was enabled by this command.</summary>
    public static ValueTask<Completion> HandleAsync(ImapSession session, Enable command, CancellationToken cancellationToken)
    {
        IEnumerable<string> enabled = command.Names.Distinct(StringComparer.Ordinal).Where(name => IsEnabled(session, name));
        session.WriteLine("* ENABLED", string.Concat(enabled.Select(static name => " " + name)));
        return new(Completion.Ok("Enabled"));
    }

    private static bool IsEnabled(ImapSession session, string name)
    {
        if (name is not (Metadata or MetadataServer))
        {
            return false;
        }

        session.WatchAnnotations(withMailboxes: name == Metadata);
        return true;
    }
}
