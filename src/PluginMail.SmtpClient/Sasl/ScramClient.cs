using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.SmtpClient;

/// <summary>The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.</summary>
/// <param name="credentials">Who logs in.</param>
/// <param name="clientNonce">Printable ASCII without commas, new for each login.</param>
internal sealed class ScramClient(RelayCredentials credentials, string clientNonce)
{
    private const string Gs2Header = "n,,";
    private const int MaximumIterations = 1_000_000;
    private byte[] _serverSignature = [];

    /// <summary>A nonce.</summary>
    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24));

    /// <summary>client-first-message.</summary>
    public string First => Gs2Header + FirstBare;

    private string FirstBare =>
        $"n={credentials.User.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},r={clientNonce}";

    /// <summary>Answers server-first-message with client-final-message.</summary>
    /// <param name="serverFirst">The server's message.</param>
    /// <returns>Null where the server's message is malformed, or its nonce is not made of ours.</returns>
    public string? Final(string serverFirst)
    {
        string[] parts = serverFirst.Split(',');
        if (parts.Length < 3 || !parts[0].StartsWith("r=", StringComparison.Ordinal) || !parts[1].StartsWith("s=", StringComparison.Ordinal)
            || !parts[2].StartsWith("i=", StringComparison.Ordinal)
            || !parts[0].AsSpan(2).StartsWith(clientNonce, StringComparison.Ordinal) || parts[0].Length == clientNonce.Length + 2
            || !TryDecode(parts[1].AsSpan(2), out byte[] salt)
            || !int.TryParse(parts[2].AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int iterations)
            || iterations is < 1 or > MaximumIterations)
        {
            return null;
        }

        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(credentials.Password.Normalize(NormalizationForm.FormKC), salt, iterations, HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        string withoutProof = $"c={Convert.ToBase64String(Encoding.ASCII.GetBytes(Gs2Header))},{parts[0]}";
        byte[] signed = Encoding.UTF8.GetBytes($"{FirstBare},{serverFirst},{withoutProof}");
        byte[] proof = HMACSHA256.HashData(SHA256.HashData(clientKey), signed);
        for (int i = 0; i < proof.Length; i++)
        {
            proof[i] ^= clientKey[i];
        }

        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), signed);
        return $"{withoutProof},p={Convert.ToBase64String(proof)}";
    }

    /// <summary>Whether server-final-message shows that the server knows the password too.</summary>
    public bool IsGenuine(string serverFinal) =>
        serverFinal.StartsWith("v=", StringComparison.Ordinal) && TryDecode(serverFinal.Split(',')[0].AsSpan(2), out byte[] signature)
        && _serverSignature.Length > 0 && CryptographicOperations.FixedTimeEquals(signature, _serverSignature);

    private static bool TryDecode(ReadOnlySpan<char> text, out byte[] octets)
    {
        octets = new byte[text.Length];
        bool isBase64 = Convert.TryFromBase64Chars(text, octets, out int count);
        octets = octets[..count];
        return isBase64 && count > 0;
    }
}
