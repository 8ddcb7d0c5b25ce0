using System.Globalization;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Messages;

namespace PluginMail.Collector.Accounts;

/// <summary>
/// Knows messages by their fingerprints where the server calls them otherwise than before. Those that it does not show at once, as while it is being
/// filled again, are remembered for 30 days under a validity that no server has. So are those that are missing while others have kept their names: of
/// them the size must be the same too, as what comes instead may be another version with the same header, as of a draft.
/// </summary>
internal sealed class Recognition(AccountContext context, IRemoteBox box, DateTimeOffset now)
{
    private const int MostKept = 100_000;
    private const string Kept = "kept until ";
    private const string Gone = "gone until ";
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>Whether there are messages among others that the server has called otherwise until now.</summary>
    public static bool IsRenamed(IReadOnlyList<(string Validity, LedgerRow Row)> others) => others.Any(other => !IsKept(other.Validity));

    /// <summary>Keeps what is missing while others have kept their names. What has no fingerprint is not among it.</summary>
    /// <returns>What is kept, with its validity from now on.</returns>
    public IEnumerable<(string Validity, LedgerRow Row)> KeepGone(IReadOnlyList<LedgerRow> gone)
    {
        // To the end of a day: messages go all the time, and what is over is taken out once a day, not with each visit.
        string validity = Gone + new DateTimeOffset((now + KeptFor).UtcDateTime.Date.AddDays(1), TimeSpan.Zero).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        LedgerRow[] kept = [.. gone.Where(row => row is { IsSettled: true, Fingerprint: not null })];
        context.Ledger.Move(context.Settings.Identity, box.Name, box.Validity, [.. kept.Select(row => row.Id)], validity);
        return kept.Select(row => (validity, row));
    }

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
            CollectorLog.Renumbered(context.Log, context.Settings.Name, RemoteFault.Printable(box.Name), recognized.Count, unknown.Count);
        }

        return recognized;
    }

    private static bool IsKept(string validity) => validity.StartsWith(Kept, StringComparison.Ordinal) || IsGone(validity);

    private static bool IsGone(string validity) => validity.StartsWith(Gone, StringComparison.Ordinal);

    private bool IsOver(string validity) =>
        IsKept(validity) && (!long.TryParse(validity.AsSpan(Kept.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long until) || until <= now.ToUnixTimeSeconds());

    // Takes those that are recognized out of the others.
    private async ValueTask<List<LedgerRow>> RecognizeAsync(
        IReadOnlyList<RemoteMessage> unknown, HashSet<(string Validity, LedgerRow Row)> others, CancellationToken cancellationToken)
    {
        HashSet<long> sizes = [.. others.Where(other => IsGone(other.Validity)).Select(other => other.Row.Size)];
        RemoteMessage[] asked = [.. others.All(other => IsGone(other.Validity)) ? unknown.Where(message => sizes.Contains(message.Size)) : unknown];
        List<LedgerRow> recognized = [];
        if (asked.Length == 0)
        {
            return recognized;
        }

        var byTraits = others.GroupBy(other => Traits(other.Row.Fingerprint!, IsGone(other.Validity) ? other.Row.Size : null))
            .ToDictionary(group => group.Key, group => new Queue<(string Validity, LedgerRow Row)>(group), StringComparer.Ordinal);
        var fingerprints = await box.FetchFingerprintsAsync(asked, cancellationToken);
        foreach (var message in asked)
        {
            if (fingerprints.TryGetValue(message.Id, out byte[]? fingerprint)
                && (Take(Traits(fingerprint, null), out var other) || Take(Traits(fingerprint, message.Size), out other)))
            {
                others.Remove(other);
                recognized.Add(other.Row with { Id = message.Id, Size = message.Size });
            }
        }

        return recognized;

        bool Take(string traits, out (string Validity, LedgerRow Row) other)
        {
            other = default;
            return byTraits.TryGetValue(traits, out var same) && same.TryDequeue(out other);
        }
    }

    private static string Traits(byte[] fingerprint, long? size) => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexString(fingerprint)} {size}");
}
