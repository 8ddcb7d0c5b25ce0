using System.Runtime.InteropServices;

namespace PluginMail.MailAuth;

/// <summary>The few functions of OpenSSL 3's libcrypto that Ed25519 (RFC 8032) needs; .NET has no Ed25519 of its own.</summary>
internal static partial class LibCrypto
{
    /// <summary>NID_ED25519 of openssl/obj_mac.h.</summary>
    public const int Ed25519 = 1087;

    private const string Library = "libcrypto.so.3";

    /// <summary>Whether this machine has the library.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, out _);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial KeyHandle NewPublicKey(int type, IntPtr engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial KeyHandle NewPrivateKey(int type, IntPtr engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int GetPublicKey(KeyHandle key, Span<byte> octets, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void FreeKey(IntPtr key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial ContextHandle NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void FreeContext(IntPtr context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int VerifyInit(ContextHandle context, IntPtr keyContext, IntPtr digest, IntPtr engine, KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Verify(
        ContextHandle context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> data, nuint dataLength);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int SignInit(ContextHandle context, IntPtr keyContext, IntPtr digest, IntPtr engine, KeyHandle key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Sign(
        ContextHandle context, Span<byte> signature, ref nuint signatureLength, ReadOnlySpan<byte> data, nuint dataLength);

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void ClearErrors();

    /// <summary>An EVP_PKEY.</summary>
    internal sealed class KeyHandle() : SafeHandle(IntPtr.Zero, ownsHandle: true)
    {
        public override bool IsInvalid => handle == IntPtr.Zero;

        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    /// <summary>An EVP_MD_CTX.</summary>
    internal sealed class ContextHandle() : SafeHandle(IntPtr.Zero, ownsHandle: true)
    {
        public override bool IsInvalid => handle == IntPtr.Zero;

        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
