using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.MailAuth;

/// <summary>Adds this server's set to a chain (RFC 8617 section 5.1), for messages that are sent on: redirects, lists, aliases elsewhere.</summary>
/// <param name="clock">The time of the signatures.</param>
public sealed class ArcSealer(TimeProvider clock)
{
    /// <summary>Seals a message.</summary>
    /// <param name="message">The message as it will be sent on, all other edits made.</param>
    /// <param name="outcome">What was found when the message came in.</param>
    /// <param name="key">The key to seal with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The edits that put the set on top; none where the chain has ended or is full (section 5.1.2).</returns>
    public ImmutableArray<MimeHeaderEdit> Seal(
        MessageContent message, AuthenticationOutcome outcome, DkimSigningKey key, CancellationToken cancellationToken)
    {
        ReceivedMessage read = ReceivedMessage.Read(message);
        ArcChain chain = ArcChain.Read(read.Header);
        return outcome.Arc.IsEnded ? [] : Seal(read, chain, outcome.Arc.Result, outcome.AuthenticationResults, key, cancellationToken);
    }

    /// <summary>Seals a message by what this server wrote into it when it came in, for messages that waited or were held since.</summary>
    /// <param name="message">The message as it will be sent on, all other edits made.</param>
    /// <param name="authservId">The name that this server's Authentication-Results bear. No other may have written any into the message.</param>
    /// <param name="key">The key to seal with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The edits that put the set on top; none where nothing was written, the chain was broken, or it was sealed here already.</returns>
    public ImmutableArray<MimeHeaderEdit> Seal(MessageContent message, string authservId, DkimSigningKey key, CancellationToken cancellationToken)
    {
        ReceivedMessage read = ReceivedMessage.Read(message);
        ArcChain chain = ArcChain.Read(read.Header);
        return RecordedResults.Find(read.Header, chain, authservId) is var (arc, results)
            ? Seal(read, chain, arc, results, key, cancellationToken)
            : [];
    }

    private ImmutableArray<MimeHeaderEdit> Seal(
        ReceivedMessage read, ArcChain chain, ArcResult found, string authenticationResults, DkimSigningKey key, CancellationToken cancellationToken)
    {
        if (!read.Header.IsComplete || chain.Problem is not null || chain.Sets.Count >= ArcChain.MaximumInstances)
        {
            return [];
        }

        var bodies = new BodyHashes();
        BodyHash body = bodies.Want(Canonicalization.Relaxed, limit: null)!;
        bodies.Compute(read, cancellationToken);
        string instance = (chain.Sets.Count + 1).ToString(CultureInfo.InvariantCulture);
        string results = $" i={instance};{authenticationResults}";
        string signature = Sign(read, key, body, instance);
        string seal = Seal(read, chain, found, key, (results, signature));
        return
        [
            new MimeHeaderEdit.PrependFolded(ArcChain.ResultsField, results),
            new MimeHeaderEdit.PrependFolded(ArcChain.SignatureField, signature),
            new MimeHeaderEdit.PrependFolded(ArcChain.SealField, seal),
        ];
    }

    private string Timestamp => clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private string Sign(ReceivedMessage message, DkimSigningKey key, BodyHash body, string instance)
    {
        IReadOnlyList<string> names = SignedFields.OfArc(message.Header);
        SignatureField field = new SignatureField(ArcChain.SignatureField)
            .Tag("i", instance)
            .Tag("a", key.Algorithm.ToTag())
            .Tag("c", "relaxed/relaxed")
            .Tag("d", key.Domain)
            .Tag("s", key.Selector)
            .Tag("t", Timestamp)
            .Names("h", names)
            .Tag("bh", Convert.ToBase64String(body.Digest.Span));
        return field.WithSignature(key.SignHash(SignedHeader.Hash(message.Header, names, Canonicalization.Relaxed, field.OctetsWithoutSignature())));
    }

    private string Seal(ReceivedMessage message, ArcChain chain, ArcResult found, DkimSigningKey key, (string Results, string Signature) own)
    {
        bool isBroken = found == ArcResult.Fail;
        SignatureField field = new SignatureField(ArcChain.SealField)
            .Tag("i", (chain.Sets.Count + 1).ToString(CultureInfo.InvariantCulture))
            .Tag("a", key.Algorithm.ToTag())
            .Tag("cv", isBroken ? "fail" : chain.Sets.Count == 0 ? "none" : "pass")
            .Tag("d", key.Domain)
            .Tag("s", key.Selector)
            .Tag("t", Timestamp);
        var output = new ArrayBufferWriter<byte>(4096);
        if (!isBroken)
        {
            chain.WriteSets(message.Header, chain.Sets.Count, output); // a broken chain's seal covers its own set alone (section 5.1.2)
        }

        WriteField(ArcChain.ResultsField, own.Results, output);
        WriteField(ArcChain.SignatureField, own.Signature, output);
        HeaderCanonicalization.Write(Canonicalization.Relaxed, field.OctetsWithoutSignature(), output);
        return field.WithSignature(key.SignHash(SHA256.HashData(output.WrittenSpan)));
    }

    private static void WriteField(string name, string value, ArrayBufferWriter<byte> output)
    {
        HeaderCanonicalization.Write(Canonicalization.Relaxed, Encoding.UTF8.GetBytes($"{name}:{value}"), output);
        output.Write("\r\n"u8);
    }
}
