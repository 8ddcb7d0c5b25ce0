using System.Security.Cryptography;

namespace PluginMail.Pipeline;

/// <summary>Ids of transactions: 16 characters that begin with the time, so that a trace is found without an index.</summary>
/// <remarks>Seven characters count seconds since 1970, nine are random. The alphabet leaves out I, L, O and U (Crockford's base32).</remarks>
public static class TransactionId
{
    /// <summary>Characters of an id.</summary>
    public const int Length = 16;

    private const int TimeLength = 7;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new id.</summary>
    /// <param name="now">The time.</param>
    /// <returns>16 characters.</returns>
    public static string Next(DateTimeOffset now) => string.Create(Length, now.ToUnixTimeSeconds(), static (text, seconds) =>
    {
        for (int i = TimeLength - 1; i >= 0; i--, seconds >>= 5)
        {
            text[i] = Alphabet[(int)(seconds & 31)];
        }

        RandomNumberGenerator.GetItems(Alphabet, text[TimeLength..]);
    });

    /// <summary>When an id was given.</summary>
    /// <param name="id">The id.</param>
    /// <param name="time">To the second.</param>
    /// <returns>False where the text is no id.</returns>
    public static bool TryGetTime(string id, out DateTimeOffset time)
    {
        time = default;
        if (id.Length != Length)
        {
            return false;
        }

        long seconds = 0;
        for (int i = 0; i < Length; i++)
        {
            int value = Alphabet.IndexOf(id[i], StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            seconds = i < TimeLength ? (seconds << 5) | (uint)value : seconds;
        }

        time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }
}
