using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Storage;

/// <summary>What a password is checked against: a SCRAM-SHA-256 verifier (RFC 5802 section 3, RFC 7677). The password itself is not kept.</summary>
/// <param name="Iterations">Rounds of PBKDF2.</param>
/// <param name="Salt">Random octets.</param>
/// <param name="StoredKey">H(ClientKey), 32 octets.</param>
/// <param name="ServerKey">HMAC(SaltedPassword, "Server Key"), 32 octets.</param>
public sealed record ScramVerifier(int Iterations, byte[] Salt, byte[] StoredKey, byte[] ServerKey)
{
    /// <summary>Makes a verifier with a new salt. Costs as much as a login.</summary>
    /// <param name="password">The password; it is brought to NFKC first (RFC 8265 for all that is not control or unassigned).</param>
    /// <param name="iterations">Rounds; RFC 7677 demands 4096 at least.</param>
    /// <returns>The verifier.</returns>
    public static ScramVerifier Create(string password, int iterations) =>
        Create(password, iterations, RandomNumberGenerator.GetBytes(16));

    /// <summary>Whether a password is the one. Takes the same time whether it is or not.</summary>
    /// <param name="password">The password.</param>
    /// <returns>True when it is.</returns>
    public bool Matches(string password) =>
        CryptographicOperations.FixedTimeEquals(Create(password, Iterations, Salt).StoredKey, StoredKey);

    /// <summary>The verifier as RFC 5803 writes it.</summary>
    /// <returns><c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c>, base64.</returns>
    public string Encode() =>
        $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(Salt)}${Convert.ToBase64String(StoredKey)}:{Convert.ToBase64String(ServerKey)}";

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The verifier; null where the text is none.</returns>
    public static ScramVerifier? TryDecode(string text)
    {
        string[] parts = text.Split('$');
        if (parts.Length != 3 || parts[0] != "SCRAM-SHA-256" || parts[1].Split(':') is not [var rounds, var salt]
            || parts[2].Split(':') is not [var stored, var server] || !int.TryParse(rounds, out int iterations) || iterations < 1)
        {
            return null;
        }

        byte[] saltOctets = new byte[salt.Length];
        byte[] storedOctets = new byte[stored.Length];
        byte[] serverOctets = new byte[server.Length];
        return Convert.TryFromBase64String(salt, saltOctets, out int saltLength)
            && Convert.TryFromBase64String(stored, storedOctets, out int storedLength) && storedLength == 32
            && Convert.TryFromBase64String(server, serverOctets, out int serverLength) && serverLength == 32
            ? new ScramVerifier(iterations, saltOctets[..saltLength], storedOctets[..32], serverOctets[..32])
            : null;
    }

    /// <summary>The type's name alone: verifiers do not belong in logs.</summary>
    /// <returns><c>SCRAM-SHA-256</c>.</returns>
    public override string ToString() => "SCRAM-SHA-256";

    private static ScramVerifier Create(string password, int iterations, byte[] salt)
    {
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(Prepare(password), salt, iterations, HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        return new ScramVerifier(iterations, salt, SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    private static byte[] Prepare(string password)
    {
        try
        {
            return Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC));
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8.GetBytes(password); // unpaired surrogates cannot be normalised
        }
    }
}
