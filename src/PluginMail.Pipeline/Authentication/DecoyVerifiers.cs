using System.Security.Cryptography;
using System.Text;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Authentication;

/// <summary>Verifiers for names that nobody has: stable for each name, of the usual cost, and matched by no password (RFC 5802 section 9).</summary>
internal sealed class DecoyVerifiers(ReadOnlyMemory<byte> key, int iterations)
{
    private readonly byte[] _key = key.IsEmpty ? RandomNumberGenerator.GetBytes(32) : key.ToArray();

    /// <summary>The verifier of a name.</summary>
    public ScramVerifier For(string name) =>
        new(iterations, Derive("salt", name)[..16], Derive("stored", name), Derive("server", name));

    private byte[] Derive(string purpose, string name) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{purpose}\0{name}"));
}
