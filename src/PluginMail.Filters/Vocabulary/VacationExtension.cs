using System.Security.Cryptography;
using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;
using PluginMail.Mime;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "vacation" (RFC 5230) and "vacation-seconds" (RFC 6131).</summary>
internal static class VacationExtension
{
    private const long DefaultDays = 7;
    private const long MostDays = 365;
    private const int SecondsADay = 24 * 60 * 60;
    private const string FixedSubject = "Automated reply";
    private const int LongestSubject = 400;

    public static void AddTo(VocabularyBuilder vocabulary) => vocabulary
        .Add(new Capability("vacation", "the action vacation", "RFC 5230") { IsForDelivery = true })
        .Add(new Capability("vacation-seconds", "the tag :seconds of vacation", "RFC 6131") { Implied = ["vacation"], IsForDelivery = true })
        .Add(new Word("vacation", WordKind.Action, "Answers the sender once in some days that the owner is away.")
        {
            Reference = "RFC 5230",
            Capability = "vacation",
            Parameters = [new("reason", ValueKind.Text)],
            Tags =
            [
                new("days", "how long the same sender gets no second answer") { Group = "interval", Value = new("days", ValueKind.Number) },
                new("seconds", "the same in seconds; 0: each message is answered")
                {
                    Capability = "vacation-seconds",
                    Group = "interval",
                    Value = new("seconds", ValueKind.Number),
                },
                new("subject", "the answer's subject") { Value = new("subject", ValueKind.Text) },
                new("from", "the answer's author") { Value = new("from", ValueKind.Text) },
                new("addresses", "further addresses of the owner") { Value = new("addresses", ValueKind.TextList, ValueMeaning.Address) },
                new("mime", "the reason is a MIME entity with its header"),
                new("handle", "answers of one handle count as one") { Value = new("handle", ValueKind.Text) },
            ],
            Check = Check,
            CompileCommand = static (word, _) => Vacation(word),
        });

    private static IncomingActionNode Vacation(BoundWord word)
    {
        var reason = word.TextAt(0);
        var subject = word.TextOf("subject");
        var from = word.TextOf("from");
        var addresses = word.TextsOf("addresses");
        var fcc = FccExtension.Of(word);
        var template = new FilterEffect.Vacation("") { IsMime = word.Has("mime"), Interval = IntervalOf(word), HasDefaultInterval = !word.Has("days") && !word.Has("seconds"), Handle = HandleOf(word), IsCopy = true };
        return new(word.Span, run => template with
        {
            Text = reason.Text(run),
            Fcc = fcc(run),
            Recipient = MailAddress.FromPath(run.Input.Envelope.From ?? "").Whole,
            Subject = OneLine(subject?.Text(run) ?? DefaultSubject(run.Input.Message)),
            From = from?.Text(run) is { } author && IsMailboxList(author) ? author : null,
            InReplyTo = AutomaticReply.MessageIdOf(run.Input.Message),
            References = AutomaticReply.ReferencesOf(run.Input.Message),
            Obstacle = AutomaticReply.ObstacleTo(run.Input, addresses.Select(address => MailAddress.Bare(address.Text(run)))),
        });
    }

    private static TimeSpan IntervalOf(BoundWord word) => word.NumberOf("seconds") is { } seconds
        ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MostDays * SecondsADay))
        : TimeSpan.FromDays(Math.Clamp(word.NumberOf("days") ?? DefaultDays, 1, MostDays));

    /// <summary>A digest of the handle, or of each part of the answer with its name and length, as the script has them (RFC 5230 4.2).</summary>
    private static string HandleOf(BoundWord word)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (word.ValueOf("handle") is BoundStrings handle)
        {
            Append(digest, "handle", handle.Strings[0].Syntax);
        }
        else
        {
            Append(digest, "subject", (word.ValueOf("subject") as BoundStrings)?.Strings[0].Syntax);
            Append(digest, "from", (word.ValueOf("from") as BoundStrings)?.Strings[0].Syntax);
            Append(digest, word.Has("mime") ? "mime" : "text", ((BoundStrings)word.Arguments[0]).Strings[0].Syntax);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset().AsSpan(0, 16));
    }

    private static void Append(IncrementalHash digest, string part, StringSyntax? text)
    {
        digest.AppendData(Encoding.UTF8.GetBytes($"{part} {text?.Value.Length ?? -1} "));
        digest.AppendData(text is null ? [] : text.Value.Span);
    }

    private static string DefaultSubject(IFilterMessage message) =>
        message.GetHeader("subject") is [var subject, ..] && subject.Length > 0 ? $"Auto: {Encoding.UTF8.GetString(subject)}" : FixedSubject;

    private static string OneLine(string text)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length <= LongestSubject ? line : line[..LongestSubject];
    }

    private static bool IsMailboxList(string text) =>
        !text.AsSpan().ContainsAny('\r', '\n', '\0')
        && AddressParser.Parse(text, 10) is { Count: > 0 } addresses && addresses.All(address => address is { IsValid: true, IsGroup: false });

    private static void Check(BoundWord word, DiagnosticBag diagnostics)
    {
        FccExtension.Check(word, diagnostics);
        if (word.ValueOf("from") is BoundStrings from && from.Strings[0].Value is { IsConstant: true } author && !IsMailboxList(author.Constant))
        {
            diagnostics.Add(FilterCodes.BadAddress, from.Span, $"`:from` needs mail addresses such as \"Name <name@example.org>\", not \"{author.Constant}\".");
        }

        if (word.ValueOf("seconds") is BoundNumber { Value: > int.MaxValue } seconds)
        {
            diagnostics.Add(FilterCodes.BadValue, seconds.Span, $"`:seconds` takes at most {int.MaxValue}.");
        }

        if (word.Has("mime") && word.TextAt(0) is { IsConstant: true } entity && !HasPlainHeader(entity.Octets.Span))
        {
            diagnostics.Add(FilterCodes.BadValue, word.Arguments[0].Span, "The header of a MIME entity holds ASCII only; write other characters as encoded words.");
        }
    }

    /// <summary>RFC 5230 section 5: no 8-bit header material.</summary>
    private static bool HasPlainHeader(ReadOnlySpan<byte> entity)
    {
        foreach (var field in new HeaderBlock(entity))
        {
            if (!System.Text.Ascii.IsValid(field.Raw))
            {
                return false;
            }
        }

        return true;
    }
}
