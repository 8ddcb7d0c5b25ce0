using System.Security.Cryptography;
using System.Text;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Authentication.Mechanisms;

/// <summary>SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677), bound by tls-server-end-point (RFC 5929 section 4).</summary>
/// <param name="desk">Where logins are checked.</param>
/// <param name="origin">Who asks.</param>
/// <param name="isBound">Whether the PLUS form was chosen.</param>
/// <param name="offersBinding">Whether the PLUS form was offered: then a client that says it was not is being lied to.</param>
/// <param name="serverNonce">The server's part of the nonce; null for a random one.</param>
internal sealed class ScramExchange(LoginDesk desk, SignInOrigin origin, bool isBound, bool offersBinding, string? serverNonce = null)
    : SaslExchange(desk, origin, isBound ? PlusName : Name)
{
    /// <summary>The registered name without channel binding.</summary>
    public const string Name = "SCRAM-SHA-256";

    /// <summary>The registered name with channel binding.</summary>
    public const string PlusName = "SCRAM-SHA-256-PLUS";

    private const string BindingName = "tls-server-end-point";
    private ScramClientFirst? _first;
    private string _serverFirst = "";
    private string _nonce = "";
    private Account? _account;
    private ScramVerifier? _verifier;
    private SignInOutcome? _outcome;

    /// <inheritdoc/>
    protected override ValueTask<SaslStep> StepAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (_outcome is not null)
        {
            return response is null or { Length: 0 } ? EndAsync(_outcome, cancellationToken) : ValueTask.FromResult(Malformed());
        }

        if (response is not { } message)
        {
            return ValueTask.FromResult(_first is null ? Continue(default) : Malformed());
        }

        if (!TryText(message.Span, out string? text))
        {
            return ValueTask.FromResult(Malformed());
        }

        return _first is null ? TakeFirstAsync(text, cancellationToken) : TakeFinalAsync(text, cancellationToken);
    }

    private async ValueTask<SaslStep> TakeFirstAsync(string text, CancellationToken cancellationToken)
    {
        if (ScramClientFirst.TryParse(text) is not { } first || first.Binding == ScramBinding.Required != isBound)
        {
            return Malformed();
        }

        LoginAttempt attempt = SetLogin(first.Login);
        if (first.Binding == ScramBinding.NotOffered && offersBinding)
        {
            return End(await Desk.RejectAsync(attempt, "channel-binding-downgrade", cancellationToken)); // RFC 5802 section 6
        }

        if (isBound && first.BindingName != BindingName)
        {
            return End(await Desk.RejectAsync(attempt, "unsupported-channel-binding", cancellationToken));
        }

        if (!Desk.IsOwnIdentity(attempt, first.Identity))
        {
            return End(await Desk.RejectAsync(attempt, "foreign-authorization-identity", cancellationToken));
        }

        (_account, _verifier) = await Desk.FindAsync(attempt, cancellationToken);
        _first = first;
        _nonce = first.Nonce + (serverNonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)));
        _serverFirst = $"r={_nonce},s={Convert.ToBase64String(_verifier.Salt)},i={_verifier.Iterations}";
        return Continue(Encoding.UTF8.GetBytes(_serverFirst));
    }

    private async ValueTask<SaslStep> TakeFinalAsync(string text, CancellationToken cancellationToken)
    {
        if (ScramClientFinal.TryParse(text) is not { } final)
        {
            return Malformed();
        }

        if (!final.Nonce.Equals(_nonce, StringComparison.Ordinal) || !HasBinding(final))
        {
            return End(await Desk.RejectAsync(Attempt, "channel-binding-or-nonce-mismatch", cancellationToken));
        }

        byte[] message = Encoding.UTF8.GetBytes($"{_first!.Bare},{_serverFirst},{final.WithoutProof}");
        SignInOutcome outcome = await Desk.JudgeProofAsync(Attempt, _account, IsProof(final.Proof, message), cancellationToken);
        if (outcome.Status != SignInStatus.Accepted)
        {
            return End(outcome);
        }

        _outcome = outcome;
        string signature = Convert.ToBase64String(HMACSHA256.HashData(_verifier!.ServerKey, message));
        return Continue(Encoding.UTF8.GetBytes("v=" + signature));
    }

    // The client chooses how long an exchange takes: what the administrator changed meanwhile counts.
    private async ValueTask<SaslStep> EndAsync(SignInOutcome outcome, CancellationToken cancellationToken)
    {
        (Account? account, ScramVerifier verifier) = await Desk.FindAsync(Attempt, cancellationToken);
        return End(account is not null && CryptographicOperations.FixedTimeEquals(verifier.StoredKey, _verifier!.StoredKey)
            ? outcome
            : await Desk.RejectAsync(Attempt, "changed-meanwhile", cancellationToken));
    }

    private bool HasBinding(ScramClientFinal final)
    {
        byte[] header = Encoding.UTF8.GetBytes(_first!.Header);
        byte[] expected = isBound ? [.. header, .. Origin.EndPointBinding ?? []] : header;
        return CryptographicOperations.FixedTimeEquals(final.Binding, expected);
    }

    // RFC 5802 section 3: ClientKey := ClientProof XOR HMAC(StoredKey, AuthMessage); its hash must be StoredKey.
    private bool IsProof(byte[] proof, byte[] message)
    {
        byte[] clientKey = HMACSHA256.HashData(_verifier!.StoredKey, message);
        for (int i = 0; i < clientKey.Length; i++)
        {
            clientKey[i] ^= proof[i];
        }

        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(clientKey), _verifier.StoredKey);
    }
}
