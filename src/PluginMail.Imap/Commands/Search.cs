using System.Text;
using PluginMail.Mime;

namespace PluginMail.Imap;

/// <summary>SEARCH (RFC 3501 section 6.4.4), with its UID form.</summary>
/// <param name="Keys">What to look for; null where strings are in a charset that is unknown here.</param>
/// <param name="Sets">Sets of messages among the keys.</param>
/// <param name="IsUid">Whether UIDs are told.</param>
internal sealed record Search(AndKey? Keys, IReadOnlyList<SetKey> Sets, bool IsUid) : ImapCommand
{
    /// <summary>Takes perhaps a charset, and keys.</summary>
    public static Search? Parse(ref ImapReader reader) => Parse(ref reader, isUid: false);

    /// <summary>Takes perhaps a charset, and keys.</summary>
    public static Search? ParseUid(ref ImapReader reader) => Parse(ref reader, isUid: true);

    /// <summary>Searches and tells what was found.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Search command, CancellationToken cancellationToken)
    {
        if (command.Keys is null)
        {
            return Completion.No("[BADCHARSET (US-ASCII UTF-8)] This charset is unknown");
        }

        SelectedFolder selected = session.Mailbox;
        foreach (SetKey set in command.Sets)
        {
            if (!set.Resolve(selected.Version))
            {
                return Completion.Bad("A message number is higher than there are messages");
            }
        }

        IReadOnlyList<int> found = await new SearchRun(session, command.Keys).RunAsync(cancellationToken);
        session.Writer.Write("* SEARCH"u8);
        foreach (int position in found)
        {
            session.Writer.Write(" "u8);
            session.Writer.WriteNumber(command.IsUid ? selected.Version[position].Uid : position + 1);
        }

        session.WriteLine();
        return Completion.Ok("Searched");
    }

    private static Search? Parse(ref ImapReader reader, bool isUid)
    {
        if (!reader.ExpectSpace())
        {
            return null;
        }

        CharsetDecoder.TryGet("utf-8", out CharsetDecoder charset);
        if (reader.TryTakeWord("CHARSET"u8))
        {
            if (!reader.ExpectSpace() || !reader.ReadAString(out ReadOnlySpan<byte> name) || !reader.ExpectSpace())
            {
                return null;
            }

            if (!CharsetDecoder.TryGet(Encoding.ASCII.GetString(name), out charset))
            {
                reader.SkipRest();
                return new Search(Keys: null, [], isUid);
            }
        }

        var parser = new SearchParser(charset);
        return parser.Parse(ref reader) is { } keys ? new Search(keys, parser.Sets, isUid) : null;
    }
}
