using System.Collections.Immutable;
using System.Text;

namespace PluginMail.Filters.Evaluation;

/// <summary>What a reply by a program needs of the message that it answers, and when there must be none (RFC 3834, RFC 5230 4.5, 4.6, 5.8).</summary>
internal static class AutomaticReply
{
    private const int MostReferences = 20;
    private const int LongestIdentifier = 512;

    private static readonly ImmutableArray<string> AddressedIn = ["to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc"];

    private static readonly ImmutableArray<string> ListFields =
        ["list-id", "list-help", "list-subscribe", "list-unsubscribe", "list-post", "list-owner", "list-archive"];

    /// <summary>Local parts that no person reads.</summary>
    private static readonly ImmutableHashSet<string> Programs = ImmutableHashSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "mailer-daemon", "listserv", "listproc", "majordomo", "mailman", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "bounce", "bounces",
        "nobody", "daemon", "uucp", "cron", "anacron", "www-data");

    private static readonly ImmutableArray<string> ProgramBeginnings = ["owner-", "bounce-", "bounces-", "bounce+", "bounces+", "noreply-", "no-reply-", "prvs="];

    private static readonly ImmutableArray<string> ProgramEndings = ["-request", "-owner", "-bounce", "-bounces", "-relay", "-noreply", "-no-reply", "-errors"];

    /// <summary>Why the message must not be answered by a program; null where it may be.</summary>
    /// <param name="input">The message.</param>
    /// <param name="addresses">Further addresses of the owner.</param>
    public static string? ObstacleTo(FilterInput input, IEnumerable<string> addresses)
    {
        var sender = MailAddress.FromPath(input.Envelope.From ?? "").Whole;
        var owner = new HashSet<string>(OwnAddresses(input).Concat(addresses), StringComparer.OrdinalIgnoreCase);
        return sender.Length == 0 ? "it has no sender to answer to"
            : !MailAddress.IsAddress(sender) ? "its sender is no address"
            : owner.Contains(sender) ? "the owner sent it"
            : IsProgram(sender[..sender.LastIndexOf('@')]) ? "its sender is a program"
            : ObstacleIn(input.Message)
            ?? (!input.Context.AnswersAddressedOnly || AddressedIn.Any(field => input.Message.GetAddresses(field).Any(address => owner.Contains(address.Whole)))
                ? null
                : "none of the owner's addresses is among its recipients");
    }

    /// <summary>Whether the message says that no person sent it (RFC 3834 section 5).</summary>
    public static bool IsByProgram(IFilterMessage message) =>
        Values(message, "auto-submitted").Any(value => !value.Equals("no", StringComparison.OrdinalIgnoreCase));

    /// <summary>The Message-ID, or null.</summary>
    public static string? MessageIdOf(IFilterMessage message) => Identifiers(message, "message-id").FirstOrDefault();

    /// <summary>What the References field of a reply holds (RFC 5322 3.6.4).</summary>
    public static ImmutableArray<string> ReferencesOf(IFilterMessage message)
    {
        if (MessageIdOf(message) is not { } parent)
        {
            return [];
        }

        var earlier = Identifiers(message, "references");
        if (earlier.IsEmpty && Identifiers(message, "in-reply-to") is [var single])
        {
            earlier = [single];
        }

        // The first and the last ones are what threads are found by.
        return earlier.Length < MostReferences
            ? [.. earlier, parent]
            : [earlier[0], .. earlier[^(MostReferences - 2)..], parent];
    }

    private static IEnumerable<string> OwnAddresses(FilterInput input) => input.Envelope.OwnerAddresses
        .Concat(new[] { input.Envelope.To, input.Context.AnswersForOriginalRecipient ? input.Envelope.OriginalTo : null }
            .OfType<string>().Select(path => MailAddress.FromPath(path).Whole));

    private static string? ObstacleIn(IFilterMessage message) =>
        ListFields.Any(message.HasHeader) ? "it came through a mailing list"
        : IsByProgram(message) ? "a program sent it"
        : Values(message, "precedence").Any(value => value.ToUpperInvariant() is "BULK" or "LIST" or "JUNK") ? "it is bulk mail"
        : Values(message, "x-auto-response-suppress").Any(value => value.ToUpperInvariant() is not ("" or "NONE")) ? "its sender wants no automatic reply"
        : null;

    private static bool IsProgram(string localpart) =>
        Programs.Contains(localpart)
        || ProgramBeginnings.Any(beginning => localpart.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
        || ProgramEndings.Any(ending => localpart.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>The values before parameters and comments.</summary>
    private static IEnumerable<string> Values(IFilterMessage message, string field) =>
        message.GetRawHeader(field).Select(octets => Encoding.UTF8.GetString(octets)).Select(value => value[..(value.AsSpan().IndexOfAny(';', '(') is >= 0 and var end ? end : value.Length)].Trim());

    private static ImmutableArray<string> Identifiers(IFilterMessage message, string field)
    {
        var identifiers = ImmutableArray.CreateBuilder<string>();
        foreach (var octets in message.GetRawHeader(field))
        {
            var rest = Encoding.UTF8.GetString(octets).AsSpan();
            while (rest.IndexOf('<') is >= 0 and var open && rest[open..].IndexOf('>') is > 1 and var length)
            {
                var identifier = rest.Slice(open, length + 1);
                if (identifier.Length <= LongestIdentifier && !identifier.ContainsAnyInRange('\0', ' ') && identifier[1..].IndexOf('<') < 0)
                {
                    identifiers.Add(identifier.ToString());
                }

                rest = rest[(open + length + 1)..];
            }
        }

        return identifiers.ToImmutable();
    }
}
