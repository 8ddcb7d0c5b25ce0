using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PluginMail.Abstractions;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.Recipients;

/// <summary>Says for whom a message of a box for many is.</summary>
internal static partial class RecipientDetection
{
    // Each is a question whether somebody is known here.
    private const int MostChoices = 10;

    // Each is a submission, and the sender writes them: a domain that is ours as a whole has as many addresses as one likes.
    private const int MostNamedBySender = 100;

    /// <summary>Detects the recipients.</summary>
    /// <param name="header">The message's header.</param>
    /// <param name="settings">Where to look, and what is ours.</param>
    /// <returns>
    /// Who may be meant, each choice to be taken where nobody of those before is known here; the last one is the default. Of a field that the
    /// last server wrote, each address of ours by itself, as the name of the box is among them; of Envelope-To, and of fields that are not known
    /// by name, all, as it names everybody for whom the one copy is. Of To and Cc all that are ours, in both where both are looked at, and only
    /// where no field before them tells; where they are more than a hundred, the default stands for those behind.
    /// </returns>
    public static ImmutableArray<ImmutableArray<EmailAddress>> Detect(HeaderFields header, RecipientSettings settings)
    {
        if (settings.ForwardTo is { } one)
        {
            return [[one]];
        }

        List<ImmutableArray<EmailAddress>> choices = [];
        foreach (var field in settings.Detect)
        {
            if (!field.IsWrittenBySender)
            {
                choices.AddRange(NamedByServer(header, field, settings));
            }
            else if (choices.Count == 0)
            {
                var named = NamedBySender(header, settings);
                return named.IsEmpty ? [[settings.Last]] : [named, [settings.Last]];
            }
        }

        return [.. choices.DistinctBy(choice => string.Join(',', choice)).Take(MostChoices), [settings.Last]];
    }

    private static ImmutableArray<EmailAddress> NamedBySender(HeaderFields header, RecipientSettings settings)
    {
        EmailAddress[] named =
        [
            .. settings.Detect.Where(field => field.IsWrittenBySender).SelectMany(field => Ours(header, field, settings)).SelectMany(ours => ours)
                .Distinct().Take(MostNamedBySender + 1),
        ];
        return named.Length > MostNamedBySender ? [.. named.Take(MostNamedBySender).Append(settings.Last).Distinct()] : [.. named];
    }

    private static IEnumerable<ImmutableArray<EmailAddress>> NamedByServer(HeaderFields header, RecipientField field, RecipientSettings settings) =>
        field.NamesOne
            ? Ours(header, field, settings).SelectMany(ours => ours).Select(ours => (ImmutableArray<EmailAddress>)[ours])
            : Ours(header, field, settings).Select(ours => (ImmutableArray<EmailAddress>)[.. ours.Distinct()]).Where(ours => !ours.IsEmpty);

    // Field by field. The last server writes its own above its Received; what stands below may be the sender's, or of a journey before this one.
    private static IEnumerable<IEnumerable<EmailAddress>> Ours(HeaderFields header, RecipientField field, RecipientSettings settings) =>
        from value in field.IsWrittenByLastServer && !settings.DetectsAnywhere ? header.AllAbove("Received", field.Name) : header.All(field.Name)
        select from address in field.IsReceived ? For(value) : AddressList.Parse(value)
            let named = field.IsWrittenByLastServer ? WithoutPrefix(address, settings.Prefix) : address
            let ours = settings.Addresses.OrderBy(rule => rule.LocalPart is null) // a whole address before its domain
                .Select(rule => rule.Map(named)).FirstOrDefault(mapped => mapped is not null)
            where ours is not null
            select ours;

    private static EmailAddress WithoutPrefix(EmailAddress address, string prefix) =>
        prefix.Length > 0 && address.LocalPart.Length > prefix.Length && address.LocalPart.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && EmailAddress.TryParse($"{address.LocalPart[prefix.Length..]}@{address.Domain}", out var rest)
            ? rest
            : address;

    // Received: ... for <a@example.org>; date (RFC 5321 section 4.4)
    private static IEnumerable<EmailAddress> For(string received) =>
        ForClause().Match(received) is { Success: true } match && EmailAddress.TryParse(match.Groups[1].Value, out var address) ? [address] : [];

    [GeneratedRegex(@"\sfor\s+<?([^\s<>;]+@[^\s<>;]+)>?", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex ForClause();
}
