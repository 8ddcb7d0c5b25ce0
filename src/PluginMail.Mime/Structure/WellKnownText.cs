using System.Collections.Frozen;

namespace PluginMail.Mime;

/// <summary>Frequent strings that the stored form replaces by a number. Part of the format: only append, never reorder.</summary>
internal static class WellKnownText
{
    private static readonly string[] Texts =
    [
        "text", "plain", "html", "multipart", "mixed", "alternative", "related", "report", "signed", "digest", "message", "rfc822",
        "delivery-status", "application", "octet-stream", "pdf", "image", "jpeg", "png", "gif", "audio", "video", "charset", "utf-8", "UTF-8",
        "us-ascii", "US-ASCII", "iso-8859-1", "ISO-8859-1", "windows-1252", "boundary", "name", "filename", "format", "flowed", "delsp", "yes",
        "7bit", "8bit", "base64", "quoted-printable", "binary", "attachment", "inline", "size", "creation-date", "modification-date", "type",
        "text/html", "micalg", "protocol", "report-type", "zip", "calendar", "encrypted", "pgp-signature", "pkcs7-signature", "x-unix-mode",
    ];

    private static readonly FrozenDictionary<string, int> Numbers =
        Texts.Select((text, index) => KeyValuePair.Create(text, index + 1)).ToFrozenDictionary(StringComparer.Ordinal);

    public static int Count => Texts.Length;

    /// <summary>The text's number, from 1; 0 when it has none.</summary>
    public static int NumberOf(string text) => Numbers.GetValueOrDefault(text);

    public static string TextOf(int number) => Texts[number - 1];
}
