namespace PluginMail.MailAuth;

/// <summary>
/// Verifies a chain (RFC 8617 section 5.2): the newest ARC-Message-Signature and every ARC-Seal. <see cref="Begin"/> starts the look-ups.
/// </summary>
internal sealed class ArcVerifier(ReceivedMessage message, KeyLookup keys)
{
    private readonly ArcChain _chain = ArcChain.Read(message.Header);
    private readonly List<(ArcSeal Seal, Task<KeyAnswer> Key)> _seals = [];
    private DkimSignature? _signature;
    private Task<KeyAnswer>? _signatureKey;
    private BodyHash? _body;
    private string? _problem;
    private bool _isEnded;

    /// <summary>Reads the chain.</summary>
    public void Begin(BodyHashes bodies, CancellationToken cancellationToken)
    {
        _problem = _chain.Problem ?? ReadSeals(cancellationToken);
        if (_problem is not null || _chain.Sets.Count == 0)
        {
            return;
        }

        _signature = DkimSignature.Parse(message.Header.ValueOf(_chain.Sets[^1].Signature), isArc: true);
        _problem = _signature.Problem ?? (_signature.Algorithm is null ? "unknown algorithm" : null)
            ?? (_signature.SignedFields.Contains(ArcChain.SealField, StringComparer.OrdinalIgnoreCase) ? "an ARC-Message-Signature signs ARC-Seal" : null);
        if (_problem is null)
        {
            _signatureKey = keys.FindAsync(_signature.Selector, _signature.Domain, cancellationToken);
            _body = bodies.Want(_signature.BodyForm, _signature.BodyLength);
            _problem = _body is null ? "too many different body hashes" : null;
        }
    }

    /// <summary>The chain's state.</summary>
    public async ValueTask<ArcVerification> FinishAsync()
    {
        if (_chain.Sets.Count == 0 && _chain.Problem is null)
        {
            return new ArcVerification(ArcResult.None, 0, null, null, false);
        }

        (string? problem, bool isTemporary) = _problem is not null ? (_problem, false) : await FindProblemAsync();
        return new ArcVerification(
            problem is null ? ArcResult.Pass : ArcResult.Fail, _chain.Sets.Count, _seals.Count == 0 ? null : _seals[^1].Seal.Domain, problem, isTemporary)
        {
            IsEnded = _isEnded,
        };
    }

    private string? ReadSeals(CancellationToken cancellationToken)
    {
        for (int i = 0; i < _chain.Sets.Count; i++)
        {
            if (ArcSeal.TryParse(message.Header.ValueOf(_chain.Sets[i].Seal)) is not { } seal)
            {
                return $"malformed ARC-Seal {i + 1}";
            }

            _isEnded = seal.ChainState == "fail";
            if (seal.ChainState != (i == 0 ? "none" : "pass"))
            {
                return $"ARC-Seal {i + 1} says {(seal.ChainState == "fail" ? "fail" : "an impossible state")}";
            }

            _seals.Add((seal, keys.FindAsync(seal.Selector, seal.Domain, cancellationToken)));
        }

        return null;
    }

    private async ValueTask<(string? Problem, bool IsTemporary)> FindProblemAsync()
    {
        KeyAnswer answer = await _signatureKey!;
        if (answer.Key is not { } key)
        {
            return ($"ARC-Message-Signature: {answer.Problem}", answer.Result == DkimResult.TempError);
        }

        if (VerifySignature(key) is { } problem)
        {
            return ($"ARC-Message-Signature: {problem}", false);
        }

        for (int instance = _seals.Count; instance >= 1; instance--)
        {
            answer = await _seals[instance - 1].Key;
            if ((answer.Key is null ? answer.Problem : VerifySeal(instance, answer.Key)) is { } wrong)
            {
                return ($"ARC-Seal {instance}: {wrong}", answer.Result == DkimResult.TempError);
            }
        }

        return (null, false);
    }

    private string? VerifySignature(DkimKeyRecord key)
    {
        DkimSignature signature = _signature!;
        if (key.ProblemWith(signature) is { } unusable)
        {
            return unusable;
        }

        if (!_body!.Digest.Span.SequenceEqual(signature.BodyHash) || (signature.BodyLength is { } length && length != _body.CanonicalLength))
        {
            return "body was changed";
        }

        int index = _chain.Sets[^1].Signature;
        byte[] own = SignedHeader.Without(message.Header.OctetsOf(index).Span, message.Header.ValueOf(index).Span, signature.SignatureRange);
        byte[] hash = SignedHeader.Hash(message.Header, signature.SignedFields, signature.HeaderForm, own);
        return key.Verify(signature.Algorithm!.Value, hash, signature.Signature).Problem;
    }

    private string? VerifySeal(int instance, DkimKeyRecord key)
    {
        ArcSeal seal = _seals[instance - 1].Seal;
        if (key.PublicKey.Length == 0 || key.KeyType != (seal.Algorithm == DkimAlgorithm.RsaSha256 ? "rsa" : "ed25519"))
        {
            return "key revoked or of another type";
        }

        int index = _chain.Sets[instance - 1].Seal;
        byte[] own = SignedHeader.Without(message.Header.OctetsOf(index).Span, message.Header.ValueOf(index).Span, seal.SignatureRange);
        return key.Verify(seal.Algorithm, _chain.SealHash(message.Header, instance, own), seal.Signature).Problem;
    }
}
