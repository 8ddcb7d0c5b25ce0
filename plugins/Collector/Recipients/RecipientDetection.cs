using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PluginMail.Abstractions;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.Recipients;

/// <summary>Says for whom a message of a box for many is.</summary>
internal static partial class RecipientDetection
{
    /// <summary>Detects the recipients.</summary>
    /// <param name="header">The message's header.</param>
    /// <param name="settings">Where to look, and what is ours.</param>
    /// <returns>
    /// The one mailbox; or what the first telling field names. Fields that the last server wrote name one recipient, so one is taken of them; of
    /// To and Cc all that are ours, in both where both are looked at. Where none is ours, the default.
    /// </returns>
    public static ImmutableArray<EmailAddress> Detect(HeaderFields header, RecipientSettings settings)
    {
        if (settings.ForwardTo is { } one)
        {
            return [one];
        }

        foreach (var source in settings.Detect)
        {
            EmailAddress[] ours = IsWrittenBySender(source)
                ? [.. settings.Detect.Where(IsWrittenBySender).SelectMany(other => Ours(header, other, settings)).Distinct()]
                : [.. Ours(header, source, settings).Take(1)];
            if (ours.Length > 0)
            {
                return [.. ours];
            }
        }

        return [settings.Last];
    }

    private static bool IsWrittenBySender(RecipientSource source) => source is RecipientSource.To or RecipientSource.Cc;

    // It writes them above its Received; what stands below may be the sender's, or of a journey before this one.
    private static bool IsWrittenByLastServer(RecipientSource source) =>
        source is RecipientSource.DeliveredTo or RecipientSource.XOriginalTo or RecipientSource.EnvelopeTo;

    private static IEnumerable<EmailAddress> Ours(HeaderFields header, RecipientSource source, RecipientSettings settings) =>
        from value in IsWrittenByLastServer(source) && !settings.DetectsAnywhere ? header.AllAbove("Received", FieldOf(source)) : header.All(FieldOf(source))
        from address in source == RecipientSource.Received ? For(value) : AddressList.Parse(value)
        let ours = settings.Addresses.OrderBy(rule => rule.LocalPart is null) // a whole address before its domain
            .Select(rule => rule.Map(address)).FirstOrDefault(mapped => mapped is not null)
        where ours is not null
        select ours;

    private static string FieldOf(RecipientSource source) => source switch
    {
        RecipientSource.DeliveredTo => "Delivered-To",
        RecipientSource.XOriginalTo => "X-Original-To",
        RecipientSource.EnvelopeTo => "Envelope-To",
        RecipientSource.Received => "Received",
        RecipientSource.To => "To",
        _ => "Cc",
    };

    // Received: ... for <a@example.org>; date (RFC 5321 section 4.4)
    private static IEnumerable<EmailAddress> For(string received) =>
        ForClause().Match(received) is { Success: true } match && EmailAddress.TryParse(match.Groups[1].Value, out var address) ? [address] : [];

    [GeneratedRegex(@"\sfor\s+<?([^\s<>;]+@[^\s<>;]+)>?", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex ForClause();
}
