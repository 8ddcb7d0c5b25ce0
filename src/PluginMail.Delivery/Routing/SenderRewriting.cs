using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Delivery;

/// <summary>
/// The Sender Rewriting Scheme: mail that is forwarded gets a reverse path here, <c>SRS0=hash=time=domain=local@here</c>, so that the next host's
/// SPF check (RFC 7208) passes and reports find their way back. Nobody without the key can make one.
/// </summary>
/// <remarks>An address that another forwarder made becomes <c>SRS1=hash=forwarder=rest@here</c>, so that reports go past this server to it.</remarks>
/// <param name="key">The secret, of 32 octets.</param>
/// <param name="clock">The clock.</param>
public sealed class SenderRewriting(byte[] key, TimeProvider clock)
{
    /// <summary>Days for which a rewritten address takes reports.</summary>
    public const int ValidDays = 21;

    private const int HashLength = 6;
    private const int TagLength = 5;
    private const int DaysInCycle = 1024;
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>Whether a local part has the form of a rewritten address, made here or not.</summary>
    /// <param name="localPart">The local part, in any case.</param>
    /// <returns>True where it begins with <c>SRS0</c> or <c>SRS1</c> and a separator.</returns>
    public static bool IsRewritten(string localPart) => HasTag(localPart, '0') || HasTag(localPart, '1');

    /// <summary>Rewrites a reverse path.</summary>
    /// <param name="sender">Of a domain elsewhere.</param>
    /// <param name="domain">The domain here that forwards.</param>
    /// <returns>The new reverse path; the old one where the new one would be too long for an address.</returns>
    public EmailAddress Rewrite(EmailAddress sender, string domain)
    {
        string localPart = Chain(sender);
        return Encoding.UTF8.GetByteCount(localPart) <= EmailAddress.MaximumLocalPartLength ? new EmailAddress(localPart, domain) : sender;
    }

    /// <summary>Reads a rewritten address back.</summary>
    /// <param name="localPart">Its local part, in any case.</param>
    /// <returns>Where reports go; null where it was not made here, or too long ago.</returns>
    public EmailAddress? Decode(string localPart) =>
        HasTag(localPart, '0') ? DecodeFirst(localPart[TagLength..])
        : HasTag(localPart, '1') && SplitChain(localPart) is var (hash, host, rest) && IsGenuine(hash, host + rest) && EmailAddress.IsDomain(host)
            ? new EmailAddress("SRS0" + rest, host)
        : null;

    private static bool HasTag(string text, char number) =>
        text.Length > TagLength && text.StartsWith("SRS", StringComparison.OrdinalIgnoreCase) && text[3] == number && IsSeparator(text[4]);

    private static bool IsSeparator(char c) => c is '=' or '+' or '-';

    // "SRS1=hash=host=rest", where the rest begins with the separator that stood behind SRS0.
    private static (string Hash, string Host, string Tail)? SplitChain(string localPart) =>
        localPart[TagLength..].Split('=', 3) is [var hash, { Length: > 0 } host, { Length: > 1 } rest] && IsSeparator(rest[0])
            ? (hash, host, rest)
            : null;

    private string Chain(EmailAddress sender)
    {
        if (HasTag(sender.LocalPart, '0'))
        {
            string rest = sender.LocalPart[4..];
            return $"SRS1={Hash(sender.Domain + rest)}={sender.Domain}={rest}";
        }

        if (HasTag(sender.LocalPart, '1') && SplitChain(sender.LocalPart) is var (_, host, tail))
        {
            return $"SRS1={Hash(host + tail)}={host}={tail}";
        }

        string signed = $"{Day(Today)}={sender.Domain}={sender.LocalPart}";
        return $"SRS0={Hash(signed)}={signed}";
    }

    private EmailAddress? DecodeFirst(string text) =>
        text.Split('=', 2) is [var hash, var signed] && IsGenuine(hash, signed)
        && signed.Split('=', 3) is [var day, var domain, { Length: > 0 } localPart] && IsFresh(day) && EmailAddress.IsDomain(domain)
            ? new EmailAddress(localPart, domain)
            : null;

    private int Today => (int)(clock.GetUtcNow().ToUnixTimeSeconds() / 86_400 % DaysInCycle);

    private static string Day(int day) => string.Create(CultureInfo.InvariantCulture, $"{Digits[day >> 5]}{Digits[day & 31]}");

    private bool IsFresh(string text)
    {
        if (text.Length != 2)
        {
            return false;
        }

        int high = Digits.IndexOf(char.ToUpperInvariant(text[0]), StringComparison.Ordinal);
        int low = Digits.IndexOf(char.ToUpperInvariant(text[1]), StringComparison.Ordinal);
        return high >= 0 && low >= 0 && (Today - ((high << 5) | low) + DaysInCycle) % DaysInCycle <= ValidDays;
    }

    private bool IsGenuine(string hash, string signed) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(hash.ToUpperInvariant()), Encoding.UTF8.GetBytes(Hash(signed)));

    // Hosts on the way may change the case of a local part, so that neither the hash nor what it covers may depend on it.
    private string Hash(string signed)
    {
        byte[] code = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed.ToLowerInvariant()));
        return string.Create(HashLength, code, static (text, octets) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = Digits[octets[i] & 31];
            }
        });
    }
}
