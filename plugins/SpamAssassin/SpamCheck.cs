using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Text;

namespace PluginMail.SpamAssassin;

/// <summary>Gives a message the points that spamd gives it.</summary>
internal sealed class SpamCheck(SpamAssassinOptions options, Spamd spamd, Trace trace, Meter meter, ILogger log) : IMessageCheck
{
    private const string Reason = "SPAMASSASSIN";
    private const int LongestField = 900;
    private const int MostStars = 50;

    private static readonly ImmutableArray<(ReportFields Field, string Name)> FieldNames =
        [(ReportFields.Report, "Report"), (ReportFields.Symbols, "Symbols"), (ReportFields.Level, "Level"), (ReportFields.Status, "Status")];

    private readonly Counter<long> _scans = meter.CreateCounter<long>("scans", "{message}", "Messages, by result");
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
            return NotScanned(message, "too_large", "larger than maximum_size");
        }

        var content = await trace.AddAsync(message, cancellationToken);
        var answer = await spamd.ScoreAsync(content, UserOf(message), options.Fields.HasFlag(ReportFields.Report), cancellationToken);
        if (answer.Value is not { } scored)
        {
            return options.WhenUnavailable == WhenUnavailable.Pass
                ? NotScanned(message, "unavailable", answer.Failure)
                : Deferred(message, answer.Failure);
        }

        Count(scored.IsSpam ? "spam" : "ham");
        _scores.Record(scored.Score);
        SpamAssassinLog.Scored(log, message.TransactionId, scored.Score, scored.Threshold, string.Join(',', scored.Symbols));
        return Judge(message, scored);
    }

    private Verdict Judge(IMessageView message, ScoredMessage scored)
    {
        var verdict = Verdict.Apply(new Effect.Score(Math.Round(scored.Score * options.Scale, 3), Reason));
        if (scored.IsSpam && options.Tag.Length > 0)
        {
            verdict = verdict.With(new Effect.Tag(options.Tag));
        }

        return WithFields(verdict, message, scored);
    }

    /// <summary>Adds the fields of the settings, or takes away what only looks like them.</summary>
    /// <param name="verdict">What has been said so far.</param>
    /// <param name="message">The message.</param>
    /// <param name="scored">What spamd says; null where it was not asked, or said nothing.</param>
    private Verdict WithFields(Verdict verdict, IMessageView message, ScoredMessage? scored)
    {
        foreach (var (field, name) in FieldNames)
        {
            if (options.Fields.HasFlag(field))
            {
                verdict = With(verdict, message, options.FieldPrefix + name, scored is null ? "" : ValueOf(field, scored));
            }
        }

        return verdict;
    }

    private static string ValueOf(ReportFields field, ScoredMessage scored)
    {
        string symbols = scored.Symbols.IsEmpty ? "none" : Printable.Of(string.Join(", ", scored.Symbols), LongestField);
        return field switch
        {
            ReportFields.Report => Printable.Of(OneLine(scored.Report), LongestField),
            ReportFields.Symbols => symbols,
            ReportFields.Level => new string('*', Math.Clamp((int)scored.Score, 0, MostStars)),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"{(scored.IsSpam ? "Yes" : "No")}, score={scored.Score:0.0##} required={scored.Threshold:0.0##} tests={symbols}"),
        };
    }

    /// <summary>Adds a field in place of any that came with the message; one without a value is only taken away.</summary>
    private static Verdict With(Verdict verdict, IMessageView message, string name, string value)
    {
        if (message.Headers.Any(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            verdict = verdict.With(new HeaderEdit.Remove(name));
        }

        return value.Length > 0 ? verdict.With(new HeaderEdit.Add(name, value)) : verdict;
    }

    private static string OneLine(string report) =>
        string.Join(' ', report.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The one whom a message is for, or from; the settings' user where there are several.</summary>
    private string UserOf(IMessageView message)
    {
        var user = !options.PerUser ? null
            : message.Direction == Direction.Outgoing ? message.Session.Authenticated
            : message.Envelope.Recipients is [var only] ? only
            : null;
        return user is not null && Spamd.UserName(user) is { Length: > 0 } name ? name : options.User;
    }

    private Verdict NotScanned(IMessageView message, string result, string reason)
    {
        Count(result);
        SpamAssassinLog.NotScanned(log, message.TransactionId, reason);
        return WithFields(Verdict.Pass, message, scored: null);
    }

    private Verdict Deferred(IMessageView message, string reason)
    {
        Count("unavailable");
        SpamAssassinLog.NotScanned(log, message.TransactionId, reason);
        return Verdict.Defer(SmtpReply.LocalError("The spam filter does not answer; please try again later"));
    }

    private void Count(string result) => _scans.Add(1, new KeyValuePair<string, object?>("result", result));
}
