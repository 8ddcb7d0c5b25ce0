using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>
/// Verifies the DKIM-Signature fields of one message (RFC 6376 section 6). <see cref="Begin"/> starts the look-ups and asks for the body's
/// hashes; once those are computed <see cref="FinishAsync"/> gives the results.
/// </summary>
internal sealed class DkimVerifier(ReceivedMessage message, KeyLookup keys, MailAuthenticationOptions options, long now)
{
    private const int MaximumRead = 256;

    private readonly List<Pending> _pending = [];
    private int _left;

    /// <summary>
    /// Reads the signatures, at most so many as the options say: first those that could authenticate the author, then those at the top.
    /// </summary>
    /// <param name="bodies">Is asked for the body's hashes.</param>
    /// <param name="authors">The domains in From.</param>
    /// <param name="cancellationToken">Ends the look-ups.</param>
    public void Begin(BodyHashes bodies, ImmutableArray<string> authors, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> fields = message.Header.Find("DKIM-Signature");
        _left = Math.Max(0, fields.Count - options.MaximumSignatures);
        IEnumerable<(int Index, DkimSignature Signature)> signatures =
            fields.Take(MaximumRead).Select(index => (index, DkimSignature.Parse(message.Header.ValueOf(index))));
        if (_left > 0)
        {
            signatures = signatures.OrderBy(one => Rank(one.Signature, authors)).Take(options.MaximumSignatures);
        }

        foreach ((int index, DkimSignature signature) in signatures)
        {
            _pending.Add(Read(index, signature, bodies, cancellationToken));
        }

        _pending.Sort(static (one, other) => one.Index.CompareTo(other.Index));
    }

    // Whether an author's domain and the signer's are of one organization is asked later; here their names must do.
    private int Rank(DkimSignature signature, ImmutableArray<string> authors)
    {
        const int Refused = 3;
        int distance = authors.Select(author => Distance(author, signature.Domain)).DefaultIfEmpty(0).Min();
        return Refuse(signature) is null ? distance : Refused + distance;
    }

    private static int Distance(string author, string signer) =>
        IsWithin(author, signer) || IsWithin(signer, author) ? 0 : IsWithin(signer, Parent(author)) ? 1 : 2;

    private static string Parent(string domain) => domain.IndexOf('.') is > 0 and var dot && domain.IndexOf('.', dot + 1) > 0 ? domain[(dot + 1)..] : "";

    private static bool IsWithin(string domain, string parent) =>
        parent.Length > 0 && domain.EndsWith(parent, StringComparison.OrdinalIgnoreCase)
        && (domain.Length == parent.Length || domain[^(parent.Length + 1)] == '.');

    /// <summary>The results in the order of the fields; empty where there are none.</summary>
    public async ValueTask<ImmutableArray<DkimVerification>> FinishAsync()
    {
        var results = ImmutableArray.CreateBuilder<DkimVerification>(_pending.Count);
        foreach (Pending pending in _pending)
        {
            results.Add(pending.Refusal ?? Verify(pending, await pending.Key!));
        }

        if (_left > 0)
        {
            results.Add(new DkimVerification(DkimResult.Policy, "", "", "", "", "", $"{_left} further signatures not looked at", false, false));
        }

        return results.ToImmutable();
    }

    private Pending Read(int index, DkimSignature signature, BodyHashes bodies, CancellationToken cancellationToken)
    {
        if (Refuse(signature) is { } refusal)
        {
            return new Pending(index, signature, refusal, null, null);
        }

        return bodies.Want(signature.BodyForm, signature.BodyLength) is { } body
            ? new Pending(index, signature, null, keys.FindAsync(signature.Selector, signature.Domain, cancellationToken), body)
            : new Pending(index, signature, Make(signature, DkimResult.Policy, "too many different body hashes"), null, null);
    }

    /// <summary>What can be said without the key (RFC 6376 section 6.1.1).</summary>
    private DkimVerification? Refuse(DkimSignature signature)
    {
        if (signature.Problem is { } problem)
        {
            return Make(signature, DkimResult.PermError, problem);
        }

        if (!message.Header.IsComplete)
        {
            return Make(signature, DkimResult.PermError, "header too large");
        }

        if (signature.Algorithm is null)
        {
            return signature.AlgorithmName.Equals("rsa-sha1", StringComparison.OrdinalIgnoreCase)
                ? Make(signature, DkimResult.PermError, "rsa-sha1 is not secure") // RFC 8301 section 3.1
                : Make(signature, DkimResult.PermError, "unknown algorithm");
        }

        return signature.TimeProblem(now) is { } late ? Make(signature, DkimResult.Policy, late) : null;
    }

    private DkimVerification Verify(Pending pending, KeyAnswer answer)
    {
        DkimSignature signature = pending.Signature;
        if (answer.Key is not { } key)
        {
            return Make(signature, answer.Result, answer.Problem);
        }

        DkimVerification verification = Verify(pending, key);
        return verification with { IsTesting = key.IsTesting };
    }

    private DkimVerification Verify(Pending pending, DkimKeyRecord key)
    {
        DkimSignature signature = pending.Signature;
        BodyHash body = pending.Body!;
        if (key.ProblemWith(signature) is { } unusable)
        {
            return Make(signature, DkimResult.PermError, unusable);
        }

        if (signature.BodyLength > body.CanonicalLength)
        {
            return Make(signature, DkimResult.PermError, "l= is longer than the body");
        }

        if (!body.Digest.Span.SequenceEqual(signature.BodyHash))
        {
            return Make(signature, DkimResult.Fail, "body was changed");
        }

        ReadOnlySpan<byte> field = message.Header.OctetsOf(pending.Index).Span;
        byte[] own = SignedHeader.Without(field, message.Header.ValueOf(pending.Index).Span, signature.SignatureRange);
        byte[] hash = SignedHeader.Hash(message.Header, signature.SignedFields, signature.HeaderForm, own);
        (DkimResult result, string? problem) = key.Verify(signature.Algorithm!.Value, hash, signature.Signature);
        bool isWhole = signature.BodyLength is null || signature.BodyLength == body.CanonicalLength;
        if (result == DkimResult.Pass && !isWhole && !options.AcceptsPartialBodies)
        {
            (result, problem) = (DkimResult.Policy, "the signature leaves out the end of the body (l=)");
        }

        return Make(signature, result, problem) with { CoversWholeBody = isWhole };
    }

    private static DkimVerification Make(DkimSignature signature, DkimResult result, string? problem) => new(
        result,
        signature.Domain,
        signature.Selector,
        signature.Identity,
        signature.AlgorithmName,
        signature.SignatureStart,
        problem,
        IsTesting: false,
        CoversWholeBody: signature.BodyLength is null);

    private sealed record Pending(int Index, DkimSignature Signature, DkimVerification? Refusal, Task<KeyAnswer>? Key, BodyHash? Body);
}
