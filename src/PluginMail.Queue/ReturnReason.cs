using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Queue;

/// <summary>Why a person returns messages to their senders: one line of printable text, which senders read.</summary>
public sealed record ReturnReason
{
    /// <summary>The most characters.</summary>
    public const int MaximumLength = 400;

    private ReturnReason(string text) => Text = text;

    /// <summary>What is said where nothing is given.</summary>
    public static ReturnReason None { get; } = new("returned to its sender by an administrator");

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The reply that stands for it: 550 5.7.1, delivery not authorized (RFC 3463 section 3.8).</summary>
    internal SmtpReply Reply => SmtpReply.PolicyRefusal(Text);

    /// <summary>Reads a reason.</summary>
    /// <param name="text">What a person wrote; spaces around it do not count. Null for <see cref="None"/>.</param>
    /// <param name="reason">The reason; null where it is not usable.</param>
    /// <returns>Whether it has 1 to <see cref="MaximumLength"/> characters, all of them printable.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ReturnReason? reason)
    {
        string? trimmed = text?.Trim(' ');
        reason = trimmed is null ? None : trimmed.Length is > 0 and <= MaximumLength && IsPrintable(trimmed) ? new ReturnReason(trimmed) : null;
        return reason is not null;
    }

    // No line ends, no marks that turn the direction of writing, no half surrogates (their replacement is not in the text).
    private static bool IsPrintable(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done || !IsPrintable(rune))
            {
                return false;
            }

            at += length;
        }

        return true;
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse);
}
