namespace PluginMail.Mime;

/// <summary>How many bytes of header values a structure may still keep.</summary>
internal struct RetentionBudget(MimeLimits limits)
{
    /// <summary>What a kept field costs beside its bytes.</summary>
    private const int Overhead = 16;

    private int _envelope = limits.MaxEnvelopeBytes;
    private int _content = limits.MaxContentFieldBytes;

    public bool TryTakeEnvelope(int bytes) => TryTake(ref _envelope, bytes);

    public bool TryTakeContent(int bytes) => TryTake(ref _content, bytes);

    private static bool TryTake(ref int left, int bytes)
    {
        if (bytes + Overhead > left)
        {
            return false;
        }
        left -= bytes + Overhead;
        return true;
    }
}
