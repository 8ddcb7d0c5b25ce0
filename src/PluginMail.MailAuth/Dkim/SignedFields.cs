using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>Which fields our signatures cover (RFC 6376 section 5.4).</summary>
internal static class SignedFields
{
    /// <summary>Signed once more than they occur, so that nobody can add one (RFC 6376 section 8.15).</summary>
    private static readonly ImmutableArray<string> Oversigned =
    [
        "From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ];

    /// <summary>Signed where they occur: a mailing list may add its own.</summary>
    private static readonly ImmutableArray<string> Present =
    [
        "Sender", "Content-Disposition", "Content-ID", "Content-Description", "Resent-Date", "Resent-From", "Resent-To", "Resent-Cc", "Resent-Message-ID",
        "List-Id", "List-Help", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Subscribe", "List-Post", "List-Owner", "List-Archive", "Autocrypt",
    ];

    /// <summary>What an ARC-Message-Signature covers besides (RFC 8617 section 4.1.2).</summary>
    private static readonly ImmutableArray<string> Arc = ["DKIM-Signature"];

    /// <summary>The names for h=.</summary>
    public static ImmutableArray<string> Of(HeaderFields header) =>
        [.. Oversigned.SelectMany(name => Repeat(name, header.Find(name).Count + 1)), .. Present.SelectMany(name => Repeat(name, header.Find(name).Count))];

    /// <summary>The names for the h= of an ARC-Message-Signature.</summary>
    public static ImmutableArray<string> OfArc(HeaderFields header) =>
        [.. Of(header), .. Arc.SelectMany(name => Repeat(name, header.Find(name).Count))];

    private static IEnumerable<string> Repeat(string name, int count) => Enumerable.Repeat(name, Math.Min(count, 64));
}
