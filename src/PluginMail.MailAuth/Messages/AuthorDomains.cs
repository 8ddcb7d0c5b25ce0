using System.Collections.Immutable;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>The domains in a message's From (RFC 7489 section 6.6.1): what DMARC protects and DKIM signs for.</summary>
/// <param name="Domains">The distinct domains in lower case, in the order of their first author, those of malformed addresses among them: people read them all the same.</param>
/// <param name="Problem">Why DMARC cannot be applied, or what is odd about From; null where it is as it should be.</param>
internal sealed record AuthorDomains(ImmutableArray<string> Domains, string? Problem)
{
    private const int MaximumAuthors = 64;
    private const int MaximumDomains = 4;

    /// <summary>Whether some author has no domain that could be asked, or there are too many: no policy can then be said to hold.</summary>
    public bool IsUnusable { get; private init; }

    public static AuthorDomains Read(HeaderFields header)
    {
        IReadOnlyList<int> fields = header.Find("From");
        HeaderAddress[] authors = [.. fields.Take(MaximumDomains).SelectMany(index => Flatten(AddressParser.Parse(header.ValueOf(index).Span, MaximumAuthors)))];
        string?[] domains = [.. authors.Select(author => DomainName.Normalize(author.Domain)).Distinct()];
        ImmutableArray<string> known = [.. domains.OfType<string>().Where(domain => !domain.StartsWith('[')).Take(MaximumDomains)];
        string? problem = fields.Count switch
        {
            0 => "no From",
            > 1 => "several From fields",
            _ => authors.Length == 0 ? "no author" : domains.Length > 1 ? "authors of several domains" : known.IsEmpty ? "author without a domain" : null,
        };
        return new AuthorDomains(known, problem)
        {
            IsUnusable = known.Length != domains.Length || known.IsEmpty || fields.Count > MaximumDomains || !authors.All(author => author.IsValid),
        };
    }

    private static IEnumerable<HeaderAddress> Flatten(IReadOnlyList<HeaderAddress> entries) =>
        entries.SelectMany(entry => entry.Members ?? [entry]);
}
