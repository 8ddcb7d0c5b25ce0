using System.Buffers.Text;
using System.Security.Cryptography;

namespace PluginMail.Transport;

/// <summary>Ids of sessions: 12 characters, unguessable enough that a log line cannot be forged by counting.</summary>
public static class SessionId
{
    /// <summary>A new id.</summary>
    /// <returns>12 characters of base64url.</returns>
    public static string Next()
    {
        Span<byte> octets = stackalloc byte[9];
        RandomNumberGenerator.Fill(octets);
        return Base64Url.EncodeToString(octets);
    }
}
