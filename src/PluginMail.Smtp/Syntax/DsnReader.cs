using System.Buffers;
using System.Text;
using System.Text.Unicode;
using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>Reads the values of RCPT's parameters NOTIFY and ORCPT (RFC 3461 sections 4.1 and 4.2, RFC 6533 section 3).</summary>
internal static class DsnReader
{
    // RFC 3461 section 4.2.
    private const int MaximumOriginalRecipientLength = 500;

    private static readonly SearchValues<byte> NotInAtom = SearchValues.Create("()<>@,;:\\\".[] "u8);

    /// <summary>Reads <c>NEVER</c>, or a list of <c>SUCCESS</c>, <c>FAILURE</c> and <c>DELAY</c>, each once.</summary>
    public static bool TryReadNotify(ReadOnlySpan<byte> value, out DsnNotify? notify)
    {
        notify = null;
        if (Ascii.EqualsIgnoreCase(value, "NEVER"u8))
        {
            notify = DsnNotify.Never;
            return true;
        }

        DsnNotify read = DsnNotify.Never;
        foreach (Range range in value.Split((byte)','))
        {
            ReadOnlySpan<byte> word = value[range];
            DsnNotify flag = Ascii.EqualsIgnoreCase(word, "SUCCESS"u8) ? DsnNotify.Success
                : Ascii.EqualsIgnoreCase(word, "FAILURE"u8) ? DsnNotify.Failure
                : Ascii.EqualsIgnoreCase(word, "DELAY"u8) ? DsnNotify.Delay
                : DsnNotify.Never;
            if (flag == DsnNotify.Never || (read & flag) != 0)
            {
                return false;
            }

            read |= flag;
        }

        notify = read;
        return true;
    }

    /// <summary>Reads <c>addr-type ";" xtext</c>; of type utf-8, UTF-8 may stand there too.</summary>
    public static bool TryReadOriginalRecipient(ReadOnlySpan<byte> value, out string? recipient)
    {
        recipient = null;
        int semicolon = value.IndexOf((byte)';');
        if (semicolon <= 0 || value.Length > MaximumOriginalRecipientLength || semicolon == value.Length - 1)
        {
            return false;
        }

        ReadOnlySpan<byte> type = value[..semicolon];
        ReadOnlySpan<byte> address = value[(semicolon + 1)..];
        bool isUtf8 = Ascii.EqualsIgnoreCase(type, "utf-8"u8);
        if (!Ascii.IsValid(type) || type.ContainsAny(NotInAtom) || !(isUtf8 ? Utf8.IsValid(address) : Ascii.IsValid(address) && Xtext.IsValid(address)))
        {
            return false;
        }

        recipient = Encoding.UTF8.GetString(value);
        return true;
    }
}
