using System.Globalization;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>Makes DKIM-Signature fields (RFC 6376 section 5): relaxed/relaxed, From and its like oversigned.</summary>
internal static class DkimSigner
{
    /// <summary>Signs a message with each key; the body is read once.</summary>
    /// <returns>The edits that put the fields on top, in the keys' order from the bottom up.</returns>
    public static IReadOnlyList<MimeHeaderEdit> Sign(
        ReceivedMessage message, IReadOnlyList<DkimSigningKey> keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bodies = new BodyHashes();
        BodyHash body = bodies.Want(Canonicalization.Relaxed, limit: null)!;
        bodies.Compute(message, cancellationToken);
        IReadOnlyList<string> names = SignedFields.Of(message.Header);
        return [.. keys.Select(key => new MimeHeaderEdit.PrependFolded("DKIM-Signature", Sign(message, key, body, names, now)))];
    }

    private static string Sign(ReceivedMessage message, DkimSigningKey key, BodyHash body, IReadOnlyList<string> names, DateTimeOffset now)
    {
        SignatureField field = new SignatureField("DKIM-Signature")
            .Tag("v", "1")
            .Tag("a", key.Algorithm.ToTag())
            .Tag("c", "relaxed/relaxed")
            .Tag("d", key.Domain)
            .Tag("s", key.Selector)
            .Tag("t", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))
            .Names("h", names)
            .Tag("bh", Convert.ToBase64String(body.Digest.Span));
        byte[] hash = SignedHeader.Hash(message.Header, names, Canonicalization.Relaxed, field.OctetsWithoutSignature());
        return field.WithSignature(key.SignHash(hash));
    }
}
