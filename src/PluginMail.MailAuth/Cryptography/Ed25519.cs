using System.Security.Cryptography;

namespace PluginMail.MailAuth;

/// <summary>Signing and verifying with Ed25519 (RFC 8032) through OpenSSL.</summary>
internal static class Ed25519
{
    /// <summary>Octets of a public key and of a private key's seed.</summary>
    public const int KeyLength = 32;

    private const int SignatureLength = 64;

    public static bool IsSupported => LibCrypto.IsAvailable;

    /// <summary>Verifies a signature; a malformed key or signature is no valid one.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != KeyLength || signature.Length != SignatureLength)
        {
            return false;
        }

        using LibCrypto.KeyHandle key = LibCrypto.NewPublicKey(LibCrypto.Ed25519, IntPtr.Zero, publicKey, KeyLength);
        using LibCrypto.ContextHandle context = LibCrypto.NewContext();
        bool holds = !key.IsInvalid && !context.IsInvalid
            && LibCrypto.VerifyInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, key) == 1
            && LibCrypto.Verify(context, signature, (nuint)signature.Length, data, (nuint)data.Length) == 1;
        if (!holds)
        {
            LibCrypto.ClearErrors(); // the queue is the thread's; TLS on this thread must not read ours
        }

        return holds;
    }

    /// <summary>Opens a private key.</summary>
    /// <exception cref="CryptographicException">OpenSSL does not take it.</exception>
    public static LibCrypto.KeyHandle OpenPrivateKey(ReadOnlySpan<byte> seed)
    {
        LibCrypto.KeyHandle key = LibCrypto.NewPrivateKey(LibCrypto.Ed25519, IntPtr.Zero, seed, (nuint)seed.Length);
        if (key.IsInvalid)
        {
            LibCrypto.ClearErrors();
            throw new CryptographicException("OpenSSL refused an Ed25519 key");
        }

        return key;
    }

    /// <summary>A private key's public one.</summary>
    public static byte[] PublicKeyOf(LibCrypto.KeyHandle key)
    {
        byte[] octets = new byte[KeyLength];
        nuint length = KeyLength;
        return LibCrypto.GetPublicKey(key, octets, ref length) == 1 ? octets : throw Failure("EVP_PKEY_get_raw_public_key");
    }

    /// <summary>Signs; may be called by several threads with one key.</summary>
    public static byte[] Sign(LibCrypto.KeyHandle key, ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[SignatureLength];
        nuint length = SignatureLength;
        using LibCrypto.ContextHandle context = LibCrypto.NewContext();
        return !context.IsInvalid
            && LibCrypto.SignInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, key) == 1
            && LibCrypto.Sign(context, signature, ref length, data, (nuint)data.Length) == 1
                ? signature : throw Failure("EVP_DigestSign");
    }

    private static CryptographicException Failure(string function)
    {
        LibCrypto.ClearErrors();
        return new CryptographicException($"OpenSSL: {function} failed");
    }
}
