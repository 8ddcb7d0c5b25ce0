using System.Collections.Immutable;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>What a search key needs of a message, cheapest first.</summary>
internal enum SearchCost
{
    /// <summary>UID and flags, which are in memory.</summary>
    Entry,

    /// <summary>The row: date and size.</summary>
    Row,

    /// <summary>The structure with the envelope's fields.</summary>
    Structure,

    /// <summary>The octets.</summary>
    Content,
}

/// <summary>A key of SEARCH (RFC 3501 section 6.4.4).</summary>
internal abstract record SearchKey
{
    /// <summary>What it needs.</summary>
    public abstract SearchCost Cost { get; }

    /// <summary>Whether a message has what the key asks for.</summary>
    public abstract bool Matches(SearchSubject subject);
}

/// <summary>A system flag, set or not.</summary>
internal sealed record FlagKey(MessageFlags Flag, bool IsSet) : SearchKey
{
    /// <inheritdoc/>
    public override SearchCost Cost => SearchCost.Entry;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject) => subject.Entry.Flags.Has(Flag) == IsSet;
}

/// <summary>A keyword, set or not.</summary>
internal sealed record KeywordKey(string Name, bool IsSet) : SearchKey
{
    /// <inheritdoc/>
    public override SearchCost Cost => SearchCost.Entry;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject)
    {
        ImmutableArray<string> keywords = subject.Selected.Keywords;
        for (int i = 0; i < keywords.Length; i++)
        {
            if (keywords[i].Equals(Name, StringComparison.OrdinalIgnoreCase))
            {
                return subject.Entry.Flags.Has(MessageFlags.Keyword(i)) == IsSet;
            }
        }

        return !IsSet;
    }
}

/// <summary>\Recent: OLD, RECENT and, together with UNSEEN, NEW.</summary>
internal sealed record RecentKey(bool IsSet) : SearchKey
{
    /// <inheritdoc/>
    public override SearchCost Cost => SearchCost.Entry;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject) => subject.Selected.IsRecent(subject.Entry.Uid) == IsSet;
}

/// <summary>A set of sequence numbers or UIDs. <see cref="Resolve"/> comes before the first match.</summary>
internal sealed record SetKey(MessageSet Messages) : SearchKey
{
    private ImmutableArray<PositionRange> _positions = [];

    /// <inheritdoc/>
    public override SearchCost Cost => SearchCost.Entry;

    /// <summary>Finds the messages that the set names.</summary>
    /// <returns>False where a number is higher than there are messages.</returns>
    public bool Resolve(FolderVersion version)
    {
        _positions = Messages.Resolve(version) ?? default;
        return !_positions.IsDefault;
    }

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject)
    {
        int low = 0, high = _positions.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (subject.Position < _positions[middle].First)
            {
                high = middle - 1;
            }
            else if (subject.Position > _positions[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>LARGER and SMALLER.</summary>
internal sealed record SizeKey(uint Octets, bool IsLarger) : SearchKey
{
    /// <inheritdoc/>
    public override SearchCost Cost => SearchCost.Row;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject) => IsLarger ? subject.Message.Row.Size > Octets : subject.Message.Row.Size < Octets;
}

/// <summary>How a date is compared.</summary>
internal enum DateRelation
{
    /// <summary>Earlier.</summary>
    Before,

    /// <summary>The same day.</summary>
    On,

    /// <summary>The same day or later.</summary>
    Since,
}

/// <summary>BEFORE, ON, SINCE and their SENT forms; time of day and zone count for nothing.</summary>
internal sealed record DateKey(DateOnly Date, DateRelation Relation, bool IsSent) : SearchKey
{
    /// <inheritdoc/>
    public override SearchCost Cost => IsSent ? SearchCost.Structure : SearchCost.Row;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject)
    {
        DateTimeOffset date = subject.Message.Row.InternalDate;
        if (IsSent && !MailDate.TryParse(subject.EnvelopeField(EnvelopeHeader.Date), out date))
        {
            return false;
        }

        var day = DateOnly.FromDateTime(date.DateTime);
        return Relation switch
        {
            DateRelation.Before => day < Date,
            DateRelation.On => day == Date,
            _ => day >= Date,
        };
    }
}

/// <summary>HEADER with any field; FROM, TO, CC, BCC and SUBJECT are of its kind.</summary>
/// <param name="Field">The field's name.</param>
/// <param name="Envelope">Which stored field it is; null where it must be read from the message.</param>
/// <param name="Text">What it holds; an empty text asks whether the field is there.</param>
internal sealed record HeaderKey(byte[] Field, EnvelopeHeader? Envelope, Needle Text) : SearchKey
{
    /// <inheritdoc/>
    public override SearchCost Cost => Envelope is null ? SearchCost.Content : SearchCost.Structure;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject) => Envelope is { } header && subject.HasWholeEnvelope
        ? MatchesEnvelope(subject.Message.Structure.Root.Envelope!, header)
        : MatchesHeader(subject.Message.Header);

    private bool MatchesEnvelope(MimeEnvelope envelope, EnvelopeHeader header)
    {
        foreach (EnvelopeField field in envelope.Fields)
        {
            if (field.Header == header && Text.IsInHeader(field.RawValue.Span))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesHeader(ReadOnlySpan<byte> header)
    {
        foreach (HeaderField field in new HeaderBlock(header))
        {
            if (field.Is(Field) && Text.IsInHeader(field.RawValue))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>BODY and TEXT.</summary>
/// <param name="Text">What the message holds.</param>
/// <param name="WithHeader">Whether its header counts.</param>
internal sealed record TextKey(Needle Text, bool WithHeader) : SearchKey
{
    /// <inheritdoc/>
    public override SearchCost Cost => SearchCost.Content;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject) => TextScan.Contains(subject, Text, WithHeader);
}

/// <summary>NOT.</summary>
internal sealed record NotKey(SearchKey Key) : SearchKey
{
    /// <inheritdoc/>
    public override SearchCost Cost => Key.Cost;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject) => !Key.Matches(subject);
}

/// <summary>OR.</summary>
internal sealed record OrKey(SearchKey Left, SearchKey Right) : SearchKey
{
    private readonly (SearchKey First, SearchKey Second) _byCost = Left.Cost <= Right.Cost ? (Left, Right) : (Right, Left);

    /// <inheritdoc/>
    public override SearchCost Cost => _byCost.Second.Cost;

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject) => _byCost.First.Matches(subject) || _byCost.Second.Matches(subject);
}

/// <summary>Keys that must all match, cheapest first. None at all matches everything.</summary>
internal sealed record AndKey : SearchKey
{
    /// <summary>Sorts the keys.</summary>
    public AndKey(IEnumerable<SearchKey> keys) => Keys = [.. keys.OrderBy(key => key.Cost)];

    /// <summary>The keys.</summary>
    public ImmutableArray<SearchKey> Keys { get; }

    /// <inheritdoc/>
    public override SearchCost Cost => Keys.IsEmpty ? SearchCost.Entry : Keys[^1].Cost;

    /// <summary>Whether the keys match that need no more than UID and flags.</summary>
    public bool MayMatch(SearchSubject subject)
    {
        foreach (SearchKey key in Keys)
        {
            if (key.Cost != SearchCost.Entry)
            {
                return true;
            }

            if (!key.Matches(subject))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Matches(SearchSubject subject)
    {
        foreach (SearchKey key in Keys)
        {
            if (!key.Matches(subject))
            {
                return false;
            }
        }

        return true;
    }
}
