using System.Globalization;
using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Messages;

namespace PluginMail.Collector.Accounts;

/// <summary>
/// Knows messages by their fingerprints where the server calls them otherwise than before. Those that it does not show at once, as while it is being
/// filled again, are remembered for 30 days under a validity that no server has.
/// </summary>
internal sealed class Recognition(AccountContext context, IRemoteBox box, DateTimeOffset now)
{
    private const int MostKept = 100_000;
    private const string Kept = "kept until ";
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>Whether there are messages among others that the server has called otherwise until now.</summary>
    public static bool IsRenamed(IReadOnlyList<(string Validity, LedgerRow Row)> others) => others.Any(other => !IsKept(other.Validity));

    /// <summary>Carries over what is remembered under other names; the rest is kept or, where it has no fingerprint or its time is over, forgotten.</summary>
    /// <param name="unknown">Messages of which nothing is remembered under their names.</param>
    /// <param name="others">What is remembered under other names, with its validity.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is remembered of the first, of those that are among the second.</returns>
    public async ValueTask<IReadOnlyList<LedgerRow>> RunAsync(
        IReadOnlyList<RemoteMessage> unknown, IReadOnlyList<(string Validity, LedgerRow Row)> others, CancellationToken cancellationToken)
    {
        var left = others.Where(other => other.Row.Fingerprint is not null && !IsOver(other.Validity)).ToHashSet();
        var recognized = await RecognizeAsync(unknown, left, cancellationToken);
        context.Ledger.Save(context.Settings.Identity, box.Name, box.Validity, recognized);
        bool isRenamed = IsRenamed(others);
        if (isRenamed || left.Count < others.Count)
        {
            string until = Kept + (now + KeptFor).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            context.Ledger.ReplaceOthers(
                context.Settings.Identity,
                box.Name,
                box.Validity,
                [
                    .. left.Where(other => other.Row.IsSettled).OrderByDescending(other => other.Row.Seen).Take(MostKept)
                        .Select(other => (IsKept(other.Validity) ? other.Validity : until, other.Row)),
                ]);
        }

        if (isRenamed || recognized.Count > 0)
        {
            CollectorLog.Renumbered(context.Log, context.Settings.Name, box.Name, recognized.Count, unknown.Count);
        }

        return recognized;
    }

    private static bool IsKept(string validity) => validity.StartsWith(Kept, StringComparison.Ordinal);

    private bool IsOver(string validity) =>
        IsKept(validity) && (!long.TryParse(validity.AsSpan(Kept.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long until) || until <= now.ToUnixTimeSeconds());

    // Takes those that are recognized out of the others.
    private async ValueTask<List<LedgerRow>> RecognizeAsync(
        IReadOnlyList<RemoteMessage> unknown, HashSet<(string Validity, LedgerRow Row)> others, CancellationToken cancellationToken)
    {
        List<LedgerRow> recognized = [];
        if (others.Count == 0 || unknown.Count == 0)
        {
            return recognized;
        }

        var byFingerprint = others.GroupBy(other => Convert.ToHexString(other.Row.Fingerprint!))
            .ToDictionary(group => group.Key, group => new Queue<(string Validity, LedgerRow Row)>(group), StringComparer.Ordinal);
        var fingerprints = await box.FetchFingerprintsAsync(unknown, cancellationToken);
        foreach (var message in unknown)
        {
            if (fingerprints.TryGetValue(message.Id, out byte[]? fingerprint)
                && byFingerprint.TryGetValue(Convert.ToHexString(fingerprint), out var same) && same.TryDequeue(out var other))
            {
                others.Remove(other);
                recognized.Add(other.Row with { Id = message.Id, Size = message.Size });
            }
        }

        return recognized;
    }
}
