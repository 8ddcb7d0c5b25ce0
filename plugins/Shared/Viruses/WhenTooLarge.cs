using PluginMail.Abstractions;

namespace PluginMail.Viruses;

/// <summary>What becomes of a message that is too large to be scanned.</summary>
internal enum WhenTooLarge
{
    /// <summary>It passes unscanned, with a tag.</summary>
    Pass,

    /// <summary>It is refused: 552 5.3.4.</summary>
    Refuse,

    /// <summary>It is held until a person decides.</summary>
    Hold,
}

/// <summary>The verdicts on a message that is too large to be scanned, and does not pass.</summary>
internal static class TooLarge
{
    /// <summary>Refuses or holds it.</summary>
    public static Verdict Stopped(WhenTooLarge policy) => policy == WhenTooLarge.Hold
        ? Verdict.Hold("too large to be scanned for viruses")
        : Verdict.Refuse(new SmtpReply(552, new EnhancedStatusCode(5, 3, 4), "This message is too large to be scanned for viruses"));
}
