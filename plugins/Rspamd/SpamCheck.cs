using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Daemons;

namespace PluginMail.Rspamd;

/// <summary>Gives a message Rspamd's points, and does what Rspamd says where the settings let it.</summary>
internal sealed class SpamCheck(RspamdOptions options, Scanner scanner, Meter meter, ILogger log) : IMessageCheck
{
    private const string Reason = "RSPAMD";
    private const string SignatureField = "DKIM-Signature";
    private static readonly ImmutableArray<(string Name, string Value)> SpamFields = [("X-Spam", "Yes")];

    private readonly Counter<long> _scans = meter.CreateCounter<long>("scans", "{message}", "Messages, by Rspamd's action or why there is none");
    private readonly Histogram<double> _scores = meter.CreateHistogram<double>("score", "{point}", "Points given");

    /// <inheritdoc/>
    public async ValueTask<Verdict> CheckAsync(IMessageView message, CancellationToken cancellationToken)
    {
        if (message.Direction == Direction.Outgoing && !options.Outgoing)
        {
            return Verdict.Pass;
        }

        if (message.Content.Length > options.MaximumSize)
        {
            return NotScanned(message, "too_large", "larger than maximum_size", mustPass: true);
        }

        var answer = await scanner.ScanAsync(message, cancellationToken);
        if (answer.Value is not { } judgement)
        {
            return NotScanned(message, "unavailable", answer.Failure, options.WhenUnavailable == WhenUnavailable.Pass);
        }

        Count(judgement.Action is "no action" or "greylist" or "add header" or "rewrite subject" or "soft reject" or "reject" ? judgement.Action.Replace(' ', '_') : "other");
        _scores.Record(judgement.Score);
        RspamdLog.Judged(log, message.TransactionId, judgement.Action, judgement.Score, judgement.Required, Names(judgement));
        return Judge(message, judgement);
    }

    private static string Names(Judgement judgement) =>
        string.Join(',', judgement.Symbols.Where(static symbol => symbol.Score != 0).Select(static symbol => string.Create(CultureInfo.InvariantCulture, $"{symbol.Name}({symbol.Score:0.##})")));

    private Verdict Judge(IMessageView message, Judgement judgement)
    {
        if (judgement.Milter.NoAction)
        {
            return options.Milter ? WithMilter(Verdict.Pass, judgement.Milter) : Verdict.Pass;
        }

        bool isObeyed = options.Actions.Obeys(judgement.Treatment);
        var verdict = isObeyed ? Decide(judgement) : Verdict.Pass;
        verdict = verdict with { Effects = [.. Points(judgement)] };
        if (options.Tag.Length > 0 && judgement.Treatment is "add header" or "rewrite subject" or "reject" or "discard" or "quarantine")
        {
            verdict = verdict.With(new Effect.Tag(options.Tag));
        }

        if (verdict.Decision is not Decision.Pass)
        {
            return verdict;
        }

        if (isObeyed && judgement.Treatment == "add header")
        {
            verdict = WithSpamFields(verdict, message, options.Milter && !judgement.Milter.SpamFields.IsEmpty ? judgement.Milter.SpamFields : SpamFields);
        }

        if (isObeyed && judgement is { Treatment: "rewrite subject", Subject.Length: > 0 })
        {
            verdict = With(verdict, HeaderFields.ReplaceSubject(message, judgement.Subject));
        }

        return options.Milter ? WithMilter(verdict, judgement.Milter) : verdict;
    }

    private static Verdict Decide(Judgement judgement) => judgement.Treatment switch
    {
        "discard" => Verdict.Discard(Words(judgement, "Rspamd discards it")),
        "quarantine" => Verdict.Hold(Words(judgement, "Rspamd quarantines it")),
        "reject" => Verdict.Refuse(SmtpReply.PolicyRefusal(Words(judgement, "Spam message rejected"))),
        "soft reject" or "greylist" =>
            Verdict.Defer(new SmtpReply(451, new EnhancedStatusCode(4, 7, 1), Words(judgement, "Try again later"))),
        _ => Verdict.Pass,
    };

    private static string Words(Judgement judgement, string otherwise) => judgement.SmtpMessage.Length > 0 ? judgement.SmtpMessage : otherwise;

    private static Verdict WithSpamFields(Verdict verdict, IMessageView message, ImmutableArray<(string Name, string Value)> fields)
    {
        foreach (var (name, value) in fields)
        {
            bool isThere = message.Headers.Any(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            verdict = (isThere ? verdict.With(new HeaderEdit.Remove(name)) : verdict).With(HeaderFields.Add(name, value, atTop: true));
        }

        return verdict;
    }

    private static Verdict With(Verdict verdict, IEnumerable<HeaderEdit> edits) => edits.Aggregate(verdict, static (all, edit) => all.With(edit));

    private static Verdict WithMilter(Verdict verdict, MilterReply milter)
    {
        foreach (var (name, index) in milter.Remove)
        {
            verdict = verdict.With(new HeaderEdit.Remove(name, index));
        }

        foreach (var (name, value, atTop) in milter.Add)
        {
            verdict = verdict.With(HeaderFields.Add(name, value, atTop));
        }

        for (int i = 0; i < milter.Signatures.Length; i++)
        {
            verdict = verdict.With(Signature(milter.Signatures[i], i));
        }

        foreach (var recipient in milter.AddRecipients)
        {
            verdict = verdict.With(new Effect.AddRecipient(recipient));
        }

        foreach (var recipient in milter.RemoveRecipients)
        {
            verdict = verdict.With(new Effect.RemoveRecipient(recipient));
        }

        return EmailAddress.TryParse(milter.ChangeFrom?.Trim('<', '>'), out var sender) ? verdict.With(new Effect.ChangeSender(sender)) : verdict;
    }

    /// <summary>As Rspamd wrote it, its folds too; where its line ends are no folds, the server folds it.</summary>
    private static HeaderEdit Signature(string value, int position)
    {
        byte[] raw = Encoding.UTF8.GetBytes($" {value}");
        return HeaderEdit.Insert.IsRawValue(raw) ? new HeaderEdit.Insert(SignatureField, raw, position)
            : new HeaderEdit.Add(SignatureField, string.Join(' ', value.Split(['\r', '\n', '\0'], StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>The points of each symbol, and what is missing to Rspamd's own sum; or the sum alone.</summary>
    private IEnumerable<Effect> Points(Judgement judgement)
    {
        double left = judgement.Score;
        foreach (var symbol in judgement.Symbols)
        {
            if (options.Symbols && Scaled(symbol.Score) is not 0 and var points)
            {
                left -= symbol.Score;
                yield return new Effect.Score(points, $"{Reason}_{symbol.Name}");
            }
        }

        if (Scaled(left) is var rest && (rest != 0 || left == judgement.Score))
        {
            yield return new Effect.Score(rest, Reason);
        }
    }

    private double Scaled(double points) => Math.Round(points * options.Scale, 3);

    private Verdict NotScanned(IMessageView message, string result, string reason, bool mustPass)
    {
        Count(result);
        RspamdLog.NotScanned(log, message.TransactionId, reason);
        return mustPass ? Verdict.Pass : Verdict.Defer(SmtpReply.LocalError("The spam filter does not answer; please try again later"));
    }

    private void Count(string result) => _scans.Add(1, new KeyValuePair<string, object?>("result", result));
}
