using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PluginMail.Pipeline;

/// <summary>Base64 of SASL exchanges: strict, without spaces or anything behind it (RFC 4648 sections 3.3 and 4).</summary>
public static class SaslBase64
{
    /// <summary>Decodes a response.</summary>
    /// <param name="text">The text, without line end; empty stands for no octets.</param>
    /// <param name="octets">What it stands for.</param>
    /// <returns>False where it is not base64.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = null;
        if (text.ContainsAny(" \t\r\n"u8))
        {
            return false;
        }

        var target = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, target, out int consumed, out int written) != OperationStatus.Done || consumed != text.Length)
        {
            return false;
        }

        octets = target[..written];
        return true;
    }

    /// <inheritdoc cref="TryDecode(ReadOnlySpan{byte}, out byte[])"/>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = null;
        if (!Ascii.IsValid(text))
        {
            return false;
        }

        var ascii = new byte[text.Length];
        Encoding.ASCII.GetBytes(text, ascii);
        return TryDecode(ascii, out octets);
    }
}
