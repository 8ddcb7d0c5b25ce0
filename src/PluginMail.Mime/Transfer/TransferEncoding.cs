namespace PluginMail.Mime;

/// <summary>Content-Transfer-Encoding mechanisms (RFC 2045 section 6, RFC 3030 for binary).</summary>
public enum TransferEncoding
{
    /// <summary>Lines of ASCII; also what an absent field means.</summary>
    SevenBit,

    /// <summary>Lines with octets above 127.</summary>
    EightBit,

    /// <summary>Any octets, not in lines.</summary>
    Binary,

    /// <summary>Quoted-printable.</summary>
    QuotedPrintable,

    /// <summary>Base64.</summary>
    Base64,

    /// <summary>uuencode, under its private names (x-uuencode, x-uue, uuencode).</summary>
    UUEncode,

    /// <summary>A mechanism that is not known here; the content is left as it is.</summary>
    Unknown,
}
