using System.Buffers;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;

namespace PluginMail.Learning;

/// <summary>What came of teaching.</summary>
/// <param name="IsTaught">Whether the filter knows the message now.</param>
/// <param name="Reason">Why not, or what it said.</param>
internal sealed record Taught(bool IsTaught, string Reason);

/// <summary>
/// Has a spam filter learn from what owners move into and out of Junk. What was taught for an account is remembered, so that copying a message
/// about teaches once; changing one's mind teaches anew.
/// </summary>
/// <remarks>The server queues what waits, bounded; one change of a plugin is told at a time, so that learning never takes more than one connection.</remarks>
/// <param name="options">Which moves teach.</param>
/// <param name="teach">Teaches one message.</param>
/// <param name="state">Remembers.</param>
/// <param name="meter">Counts.</param>
/// <param name="log">Gets what was learned, and what was not.</param>
internal sealed class MoveLearner(
    LearningOptions options,
    Func<MailClass, MailboxChange, CancellationToken, ValueTask<Taught>> teach,
    IStateStore state,
    Meter meter,
    ILogger log) : IMailboxObserver
{
    private const int ChunkLength = 64 * 1024;
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(90);
    private readonly Counter<long> _learned = meter.CreateCounter<long>("learned", "{message}", "Messages taught, by class and result");

    /// <inheritdoc/>
    public async ValueTask ObserveAsync(MailboxChange change, CancellationToken cancellationToken)
    {
        if (options.ClassOf(change) is not { } isNow)
        {
            return;
        }

        string key = KeyOf(change);
        byte[]? known = await state.GetAsync(key, cancellationToken);
        byte[] value = [(byte)isNow];
        if (known is not null && known.AsSpan().SequenceEqual(value))
        {
            Count(isNow, "known");
            return;
        }

        var taught = await teach(isNow, change, cancellationToken);
        if (taught.IsTaught)
        {
            await state.CompareExchangeAsync(key, known, value, Remembered, cancellationToken);
            LearningLog.Learned(log, change.Account, change.Uid, isNow);
        }
        else
        {
            LearningLog.NotLearned(log, change.Account, change.Uid, isNow, taught.Reason);
        }

        Count(isNow, taught.IsTaught ? "learned" : "failed");
    }

    /// <summary>A digest of account and message.</summary>
    private static string KeyOf(MailboxChange change)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes(change.Account.ToString() + '\0'));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            int count;
            for (long offset = 0; (count = change.Content!.Read(offset, buffer)) > 0; offset += count)
            {
                digest.AppendData(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return $"learned/{Convert.ToHexStringLower(digest.GetHashAndReset())}";
    }

    private void Count(MailClass isNow, string result) => _learned.Add(
        1, new KeyValuePair<string, object?>("class", isNow == MailClass.Spam ? "spam" : "ham"), new KeyValuePair<string, object?>("result", result));
}
