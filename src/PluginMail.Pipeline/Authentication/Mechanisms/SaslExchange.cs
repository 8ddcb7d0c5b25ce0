using System.Diagnostics.CodeAnalysis;
using System.Text;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Authentication.Mechanisms;

/// <summary>What exchanges have in common: a bound on what the client sends, and an end after which nothing is taken.</summary>
/// <param name="desk">Where logins are checked.</param>
/// <param name="origin">Who asks.</param>
/// <param name="mechanism">The mechanism's name.</param>
internal abstract class SaslExchange(LoginDesk desk, SignInOrigin origin, string mechanism) : ISaslExchange
{
    private const int MaximumResponse = 4096;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private bool _hasEnded;

    /// <summary>Where logins are checked.</summary>
    protected LoginDesk Desk { get; } = desk;

    /// <summary>Who asks.</summary>
    protected SignInOrigin Origin { get; } = origin;

    /// <summary>The attempt; its login is empty until the client has said it.</summary>
    protected LoginAttempt Attempt { get; private set; } = desk.Attempt(mechanism, "", origin);

    /// <inheritdoc/>
    public async ValueTask<SaslStep> RespondAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        SaslStep step;
        if (_hasEnded || response is { Length: > MaximumResponse })
        {
            step = Malformed();
        }
        else
        {
            try
            {
                step = await StepAsync(response, cancellationToken);
            }
            catch (StoreUnavailableException)
            {
                step = End(Desk.Defer(Attempt, "store-unavailable"));
            }
        }

        _hasEnded |= step.Outcome is not null;
        return step;
    }

    /// <summary>Takes a response of bounded length.</summary>
    protected abstract ValueTask<SaslStep> StepAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken);

    /// <summary>Notes whom the client wants to be.</summary>
    protected LoginAttempt SetLogin(string login) => Attempt = Desk.Attempt(Attempt.Method, login, Origin);

    /// <summary>Ends an exchange that is not well formed.</summary>
    protected SaslStep Malformed() => End(Desk.Malformed(Attempt));

    /// <summary>Ends the exchange.</summary>
    protected static SaslStep End(SignInOutcome outcome) => new(null, outcome);

    /// <summary>Goes on.</summary>
    protected static SaslStep Continue(ReadOnlyMemory<byte> challenge) => new(challenge, null);

    /// <summary>Reads UTF-8 without NUL.</summary>
    protected static bool TryText(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (octets.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(octets))
        {
            return false;
        }

        text = StrictUtf8.GetString(octets);
        return true;
    }
}
