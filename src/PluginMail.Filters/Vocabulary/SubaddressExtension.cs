namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "subaddress" (RFC 5233): :user and :detail, the two sides of the first "+" of a local part.</summary>
internal static class SubaddressExtension
{
    private const string Name = "subaddress";
    private const string Reference = "RFC 5233";

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary.Add(new Capability(Name, "the address parts :user and :detail", Reference));
        vocabulary.AddressParts.AddRange(
        [
            new("user", "what stands before the + of the local part, all of it where there is none")
            {
                Capability = Name,
                Reference = Reference,
                Extract = static address => address.Localpart is { } local && local.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus ? local[..plus] : address.Localpart,
            },
            new("detail", "what stands after the + of the local part")
            {
                Capability = Name,
                Reference = Reference,
                Extract = static address => address.Localpart is { } local && local.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus ? local[(plus + 1)..] : null,
            },
        ]);
    }
}
