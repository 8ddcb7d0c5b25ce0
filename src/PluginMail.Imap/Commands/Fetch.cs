using System.Collections.Immutable;

namespace PluginMail.Imap;

/// <summary>FETCH (RFC 3501 section 6.4.5), with its UID form.</summary>
/// <param name="Messages">Which.</param>
/// <param name="Items">What is told of each.</param>
/// <param name="Sections">Which of its octets.</param>
internal sealed record Fetch(MessageSet Messages, FetchItems Items, ImmutableArray<BodySection> Sections) : ImapCommand
{
    /// <summary>Takes a set and items.</summary>
    public static Fetch? Parse(ref ImapReader reader) => Parse(ref reader, isUid: false);

    /// <summary>Takes a set and items.</summary>
    public static Fetch? ParseUid(ref ImapReader reader) => Parse(ref reader, isUid: true);

    /// <summary>Tells what is asked for, message by message, at the client's pace.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Fetch command, CancellationToken cancellationToken)
    {
        if (command.Messages.Resolve(session.Mailbox.Version) is not { } positions)
        {
            return Completion.Bad("A message number is higher than there are messages");
        }

        var fetch = new FetchRun(session, command);
        foreach (PositionRange range in positions)
        {
            for (int i = range.First; i <= range.Last; i++)
            {
                await fetch.AddAsync(i, cancellationToken);
            }
        }

        await fetch.EndAsync(cancellationToken);
        await fetch.RunScriptsAsync(cancellationToken);
        return Completion.Ok("Fetched");
    }

    private static Fetch? Parse(ref ImapReader reader, bool isUid)
    {
        if (MessageSet.Parse(ref reader, isUid) is not { } messages || !reader.ExpectSpace()
            || !FetchParser.TryParse(ref reader, out FetchItems items, out ImmutableArray<BodySection> sections))
        {
            return null;
        }

        return new Fetch(messages, isUid ? items | FetchItems.Uid : items, sections);
    }
}
