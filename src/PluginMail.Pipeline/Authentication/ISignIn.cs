using System.Net;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>The one place where logins are checked, for SMTP, IMAP, POP3 and whatever joins them.</summary>
/// <remarks>
/// A login is the full address, or the bare name in the default domain, in any case. Verified logins are cached for a bounded time and
/// number, keyed by a hash that is private to the process, and forgotten when the account changes. Failures are slowed down by address and
/// by account. Each failed login is one log line; passwords are never logged. Plain-text mechanisms are neither offered nor accepted without
/// TLS unless mail.toml allows it.
/// </remarks>
public interface ISignIn
{
    /// <summary>The SASL mechanisms that may be offered now, strongest first.</summary>
    /// <param name="isEncrypted">Whether TLS is in force.</param>
    /// <returns>Registered names (as <c>SCRAM-SHA-256</c>); empty where none may.</returns>
    IReadOnlyList<string> MechanismsFor(bool isEncrypted);

    /// <summary>Whether a password may be sent as it is (LOGIN, USER/PASS, PLAIN).</summary>
    /// <param name="isEncrypted">Whether TLS is in force.</param>
    /// <returns>False without TLS, unless mail.toml allows it; false where neither PLAIN nor LOGIN is among the mechanisms.</returns>
    bool AllowsPlainText(bool isEncrypted);

    /// <summary>Begins a SASL exchange (RFC 4422).</summary>
    /// <param name="mechanism">The name, any case.</param>
    /// <param name="origin">Who asks.</param>
    /// <returns>The exchange; null where the mechanism is not known or may not be used now.</returns>
    ISaslExchange? Begin(string mechanism, SignInOrigin origin);

    /// <summary>Checks a login and its password.</summary>
    /// <param name="login">Full address or bare name.</param>
    /// <param name="password">The password.</param>
    /// <param name="origin">Who asks.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The outcome; failures are answered late on purpose.</returns>
    ValueTask<SignInOutcome> SignInAsync(string login, string password, SignInOrigin origin, CancellationToken cancellationToken);
}

/// <summary>Who signs in.</summary>
/// <param name="SessionId">The connection's id.</param>
/// <param name="Protocol">As <c>imap</c>.</param>
/// <param name="Remote">The client.</param>
/// <param name="IsEncrypted">Whether TLS is in force.</param>
/// <param name="EndPointBinding">tls-server-end-point (RFC 5929 section 4); null without TLS.</param>
public sealed record SignInOrigin(string SessionId, string Protocol, IPEndPoint? Remote, bool IsEncrypted, byte[]? EndPointBinding);

/// <summary>How a login ended.</summary>
/// <param name="Status">How.</param>
/// <param name="Account">Whose, when it succeeded.</param>
public sealed record SignInOutcome(SignInStatus Status, Account? Account);

/// <summary>How a login ended.</summary>
public enum SignInStatus
{
    /// <summary>Welcome.</summary>
    Accepted,

    /// <summary>Name or password are wrong; which is not said (535 5.7.8, [AUTHENTICATIONFAILED]).</summary>
    Rejected,

    /// <summary>The exchange was not well formed (501 5.5.2).</summary>
    Malformed,

    /// <summary>It cannot be checked now (454 4.7.0, [UNAVAILABLE]).</summary>
    Unavailable,
}

/// <summary>One SASL exchange. The protocol carries octets; base64 is the protocol's business.</summary>
public interface ISaslExchange
{
    /// <summary>Takes the client's response.</summary>
    /// <param name="response">The octets; null at the start where the client sent no initial response.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The next step.</returns>
    ValueTask<SaslStep> RespondAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken);
}

/// <summary>A step of a SASL exchange: a challenge to be sent, or the end.</summary>
/// <param name="Challenge">What to send, may be empty; null at the end.</param>
/// <param name="Outcome">The end; null while it goes on.</param>
public sealed record SaslStep(ReadOnlyMemory<byte>? Challenge, SignInOutcome? Outcome);
