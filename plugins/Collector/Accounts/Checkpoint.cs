namespace PluginMail.Collector.Accounts;

/// <summary>How far a folder had come when it was opened: what was not there then, or has changed since, can be asked for alone.</summary>
/// <param name="Validity">UIDVALIDITY, under which the others hold.</param>
/// <param name="NextUid">No message had this UID or a higher one (UIDNEXT).</param>
/// <param name="Sequence">HIGHESTMODSEQ (RFC 7162 section 3.1.2.1); 0 where the server has none.</param>
internal sealed record Checkpoint(string Validity, uint NextUid, ulong Sequence);

/// <summary>
/// Which folders of an account have been gone through to their end, and how far they had come then. Known as long as this version of the plugin runs:
/// each start lists every folder once, so that other settings see all messages.
/// </summary>
internal sealed class Checkpoints
{
    // What no message tells, as one that is gone there, is found out as often as this.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private readonly Dictionary<string, (Checkpoint Checkpoint, DateTimeOffset ListedAt)> _boxes = new(StringComparer.Ordinal);

    /// <summary>How far a folder was gone through; null where it is to be listed as a whole.</summary>
    /// <param name="box">The folder.</param>
    /// <param name="now">How far it has come by now; null where the server does not say.</param>
    /// <param name="time">The time.</param>
    public Checkpoint? Since(string box, Checkpoint? now, DateTimeOffset time) =>
        now is not null && _boxes.TryGetValue(box, out var known) && known.Checkpoint.Validity == now.Validity
        && (known.Checkpoint.Sequence > 0) == (now.Sequence > 0) && time - known.ListedAt < Longest
            ? known.Checkpoint
            : null;

    /// <summary>Notes that all messages of a folder have been dealt with.</summary>
    /// <param name="box">The folder.</param>
    /// <param name="reached">How far it had come when it was opened; null where the server does not say.</param>
    /// <param name="listedAt">When it was listed as a whole; null: as before.</param>
    public void Reach(string box, Checkpoint? reached, DateTimeOffset? listedAt)
    {
        if (reached is null)
        {
            _boxes.Remove(box);
        }
        else if (listedAt is { } time)
        {
            _boxes[box] = (reached, time);
        }
        else if (_boxes.TryGetValue(box, out var known))
        {
            _boxes[box] = (reached, known.ListedAt);
        }
    }
}
