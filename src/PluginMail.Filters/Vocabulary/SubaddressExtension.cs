namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "subaddress" (RFC 5233): :user and :detail, the two sides of the first "+" of a local part.</summary>
internal static class SubaddressExtension
{
    private const string Name = "subaddress";
    private const string Reference = "RFC 5233";

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.Add(new Capability(Name, "the address parts :user and :detail", Reference));
        AddParts(vocabulary, static () => "+");
    }

    /// <summary>Separates users and details by something else, asked for each time.</summary>
    public static void SetSeparator(VocabularyBuilder vocabulary, Func<string> separator)
    {
        vocabulary.AddressParts.RemoveAll(static part => part.Capability == Name);
        AddParts(vocabulary, separator);
    }

    private static void AddParts(VocabularyBuilder vocabulary, Func<string> separator) => vocabulary.AddressParts.AddRange(
    [
        new("user", "what stands before the + of the local part, all of it where there is none")
        {
            Capability = Name,
            Reference = Reference,
            Extract = address => address.Localpart is { } local && local.IndexOf(separator(), StringComparison.Ordinal) is >= 0 and var end ? local[..end] : address.Localpart,
        },
        new("detail", "what stands after the + of the local part")
        {
            Capability = Name,
            Reference = Reference,
            Extract = address => address.Localpart is { } local && local.IndexOf(separator(), StringComparison.Ordinal) is >= 0 and var end ? local[(end + separator().Length)..] : null,
        },
    ]);
}
