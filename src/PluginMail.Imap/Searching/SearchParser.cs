using System.Text;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Reads search keys (RFC 3501 section 9, search-key).</summary>
/// <param name="charset">What strings are written in.</param>
internal sealed class SearchParser(CharsetDecoder charset)
{
    private const int MaximumDepth = 32;
    private const int MaximumKeys = 1000;
    private static readonly string[] EnvelopeNames =
        ["date", "subject", "from", "sender", "reply-to", "to", "cc", "bcc", "in-reply-to", "message-id"];

    private readonly List<SetKey> _sets = [];
    private int _count;

    /// <summary>The sets among the keys, which must be resolved before the search.</summary>
    public IReadOnlyList<SetKey> Sets => _sets;

    /// <summary>The stored field that a header's name stands for; null for another.</summary>
    public static EnvelopeHeader? EnvelopeHeaderOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < EnvelopeNames.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(name, EnvelopeNames[i]))
            {
                return (EnvelopeHeader)i;
            }
        }

        return null;
    }

    /// <summary>Reads keys to the end of the command, all of which must match.</summary>
    /// <returns>The keys; null with the reader's error.</returns>
    public AndKey? Parse(ref ImapReader reader)
    {
        List<SearchKey> keys = [];
        do
        {
            if (ReadKey(ref reader, 0) is not { } key)
            {
                return null;
            }

            keys.Add(key);
        }
        while (reader.TryTake((byte)' ') && !reader.IsAtEnd);
        return new AndKey(keys);
    }

    private SearchKey? ReadKey(ref ImapReader reader, int depth)
    {
        if (depth > MaximumDepth || ++_count > MaximumKeys)
        {
            return Fail(ref reader, "these are too many search keys, or nested too deep");
        }

        if (reader.TryTake((byte)'('))
        {
            return ReadGroup(ref reader, depth);
        }

        if (reader.IsSequenceSetNext)
        {
            return ReadSet(ref reader, isUid: false);
        }

        return reader.ReadAtom(out ReadOnlySpan<byte> atom) ? ReadNamed(ref reader, Encoding.ASCII.GetString(atom).ToUpperInvariant(), depth) : null;
    }

    private AndKey? ReadGroup(ref ImapReader reader, int depth)
    {
        List<SearchKey> keys = [];
        do
        {
            if (ReadKey(ref reader, depth + 1) is not { } key)
            {
                return null;
            }

            keys.Add(key);
        }
        while (reader.TryTake((byte)' '));
        return reader.Expect((byte)')') ? new AndKey(keys) : null;
    }

    private SearchKey? ReadNamed(ref ImapReader reader, string name, int depth) => name switch
    {
        "ALL" => new AndKey([]),
        "ANSWERED" => new FlagKey(MessageFlags.Answered, true),
        "DELETED" => new FlagKey(MessageFlags.Deleted, true),
        "DRAFT" => new FlagKey(MessageFlags.Draft, true),
        "FLAGGED" => new FlagKey(MessageFlags.Flagged, true),
        "SEEN" => new FlagKey(MessageFlags.Seen, true),
        "UNANSWERED" => new FlagKey(MessageFlags.Answered, false),
        "UNDELETED" => new FlagKey(MessageFlags.Deleted, false),
        "UNDRAFT" => new FlagKey(MessageFlags.Draft, false),
        "UNFLAGGED" => new FlagKey(MessageFlags.Flagged, false),
        "UNSEEN" => new FlagKey(MessageFlags.Seen, false),
        "NEW" => new AndKey([new RecentKey(true), new FlagKey(MessageFlags.Seen, false)]),
        "OLD" => new RecentKey(false),
        "RECENT" => new RecentKey(true),
        "KEYWORD" => ReadKeyword(ref reader, isSet: true),
        "UNKEYWORD" => ReadKeyword(ref reader, isSet: false),
        "BEFORE" => ReadDate(ref reader, DateRelation.Before, isSent: false),
        "ON" => ReadDate(ref reader, DateRelation.On, isSent: false),
        "SINCE" => ReadDate(ref reader, DateRelation.Since, isSent: false),
        "SENTBEFORE" => ReadDate(ref reader, DateRelation.Before, isSent: true),
        "SENTON" => ReadDate(ref reader, DateRelation.On, isSent: true),
        "SENTSINCE" => ReadDate(ref reader, DateRelation.Since, isSent: true),
        "LARGER" => ReadSize(ref reader, isLarger: true),
        "SMALLER" => ReadSize(ref reader, isLarger: false),
        "SUBJECT" or "FROM" or "TO" or "CC" or "BCC" => ReadField(ref reader, Encoding.ASCII.GetBytes(name)),
        "HEADER" => reader.ExpectSpace() && reader.ReadAString(out ReadOnlySpan<byte> field) ? ReadField(ref reader, field.ToArray()) : null,
        "BODY" => ReadText(ref reader) is { } text ? new TextKey(text, WithHeader: false) : null,
        "TEXT" => ReadText(ref reader) is { } text ? new TextKey(text, WithHeader: true) : null,
        "NOT" => reader.ExpectSpace() && ReadKey(ref reader, depth + 1) is { } key ? new NotKey(key) : null,
        "OR" => ReadOr(ref reader, depth),
        "UID" => reader.ExpectSpace() ? ReadSet(ref reader, isUid: true) : null,
        _ => Fail(ref reader, "this search key is unknown"),
    };

    private SetKey? ReadSet(ref ImapReader reader, bool isUid)
    {
        if (!reader.ReadSequenceSet(out SequenceSet set))
        {
            return null;
        }

        var key = new SetKey(new MessageSet(set, isUid));
        _sets.Add(key);
        return key;
    }

    private OrKey? ReadOr(ref ImapReader reader, int depth) =>
        reader.ExpectSpace() && ReadKey(ref reader, depth + 1) is { } left && reader.ExpectSpace() && ReadKey(ref reader, depth + 1) is { } right
            ? new OrKey(left, right)
            : null;

    private HeaderKey? ReadField(ref ImapReader reader, byte[] name) =>
        ReadText(ref reader) is { } text ? new HeaderKey(name, EnvelopeHeaderOf(name), text) : null;

    private Needle? ReadText(ref ImapReader reader) =>
        reader.ExpectSpace() && reader.ReadAString(out ReadOnlySpan<byte> octets) ? new Needle(charset.Decode(octets, out _)) : null;

    private static KeywordKey? ReadKeyword(ref ImapReader reader, bool isSet) =>
        reader.ExpectSpace() && reader.ReadAtom(out ReadOnlySpan<byte> keyword) ? new KeywordKey(Encoding.ASCII.GetString(keyword), isSet) : null;

    private static DateKey? ReadDate(ref ImapReader reader, DateRelation relation, bool isSent) =>
        reader.ExpectSpace() && reader.ReadDate(out DateOnly date) ? new DateKey(date, relation, isSent) : null;

    private static SizeKey? ReadSize(ref ImapReader reader, bool isLarger) =>
        reader.ExpectSpace() && reader.ReadNumber(out uint octets) ? new SizeKey(octets, isLarger) : null;

    private static SearchKey? Fail(ref ImapReader reader, string error)
    {
        reader.Fail(error);
        return null;
    }
}
