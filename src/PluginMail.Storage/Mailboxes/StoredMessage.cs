namespace PluginMail.Storage;

/// <summary>A copy of a message in a folder.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="InternalDate">When it was received (RFC 3501 section 2.3.3), with the offset it was given with.</param>
/// <param name="Prefix">Header octets that belong to this copy alone (Return-Path, Delivered-To) and stand before the body.</param>
/// <param name="BodyLength">Octets of the shared body.</param>
/// <param name="Body">Where the shared body lies.</param>
/// <param name="Structure">The MIME structure as it was given at the commit, offsets relative to the body; empty where it was not asked for.</param>
public sealed record StoredMessage(
    uint Uid, DateTimeOffset InternalDate, ReadOnlyMemory<byte> Prefix, long BodyLength, BodyKey Body, ReadOnlyMemory<byte> Structure)
{
    /// <summary>Octets of the whole message (RFC822.SIZE).</summary>
    public long Size => Prefix.Length + BodyLength;
}

/// <summary>A message that was copied or moved: its UID before and after (COPYUID, RFC 4315 section 3).</summary>
/// <param name="SourceUid">In the folder it came from.</param>
/// <param name="TargetUid">In the folder it went to.</param>
public readonly record struct CopiedMessage(uint SourceUid, uint TargetUid);

/// <summary>How a copy or move ended.</summary>
/// <param name="Status">Done: all that were still there; otherwise none.</param>
/// <param name="TargetUidValidity">Of the target.</param>
/// <param name="Messages">Those copied, in the order of source UIDs.</param>
public sealed record CopyOutcome(CopyStatus Status, uint TargetUidValidity, IReadOnlyList<CopiedMessage> Messages);

/// <summary>How a copy ended.</summary>
public enum CopyStatus
{
    /// <summary>Done and on disk.</summary>
    Done,

    /// <summary>The target is gone ([TRYCREATE]).</summary>
    NoTarget,

    /// <summary>The account may not hold so much ([OVERQUOTA], RFC 9208).</summary>
    OverQuota,
}
