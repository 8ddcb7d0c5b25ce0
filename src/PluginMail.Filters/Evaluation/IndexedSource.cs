using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Evaluation;

/// <summary>Which of the fields that a test names it looks at (RFC 5260 6): all fields count in the order of the names.</summary>
/// <param name="Number">From 1.</param>
/// <param name="FromLast">Whether the last field is the first.</param>
internal readonly record struct FieldIndex(long Number, bool FromLast)
{
    /// <summary>The field, as a list of one, or none.</summary>
    public List<T> Of<T>(IEnumerable<T> fields)
    {
        var all = fields.ToList();
        var at = FromLast ? all.Count - Number : Number - 1;
        return at >= 0 && at < all.Count ? [all[(int)at]] : [];
    }
}

/// <summary>The decoded value of one field.</summary>
/// <param name="Names">The names of the headers in lower case, one a line.</param>
/// <param name="Index">Which field.</param>
internal sealed record IndexedHeaderSource(string Names, FieldIndex Index) : ValueSource
{
    public override TextValue[] Read(FilterInput input) =>
        [.. Index.Of(Names.Split('\n').SelectMany(input.Message.GetHeader)).Select(octets => new TextValue(octets))];
}

/// <summary>A part of the addresses in one field.</summary>
/// <param name="Names">The names of the headers in lower case, one a line.</param>
/// <param name="Part">The part.</param>
/// <param name="Index">Which field.</param>
internal sealed record IndexedAddressSource(string Names, AddressPart Part, FieldIndex Index) : ValueSource
{
    public override TextValue[] Read(FilterInput input) =>
        Parts(Index.Of(Names.Split('\n').SelectMany(input.Message.GetRawHeader)).SelectMany(raw => MimeFilterMessage.ParseAddresses(raw)), Part);
}
