namespace PluginMail.Pipeline.Authentication.Mechanisms;

/// <summary>PLAIN (RFC 4616): authorization identity, name and password in one message, parted by NUL.</summary>
internal sealed class PlainExchange(LoginDesk desk, SignInOrigin origin) : SaslExchange(desk, origin, Name)
{
    /// <summary>The registered name.</summary>
    public const string Name = "PLAIN";

    /// <inheritdoc/>
    protected override async ValueTask<SaslStep> StepAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (response is not { } message)
        {
            return Continue(default);
        }

        if (!TryParse(message.Span, out string identity, out string login, out string password))
        {
            return Malformed();
        }

        LoginAttempt attempt = SetLogin(login);
        return End(Desk.IsOwnIdentity(attempt, identity)
            ? await Desk.CheckPasswordAsync(attempt, password, cancellationToken)
            : await Desk.RejectAsync(attempt, "foreign-authorization-identity", cancellationToken));
    }

    private static bool TryParse(ReadOnlySpan<byte> message, out string identity, out string login, out string password)
    {
        (identity, login, password) = ("", "", "");
        int first = message.IndexOf((byte)0);
        int second = first < 0 ? -1 : message[(first + 1)..].IndexOf((byte)0);
        if (second < 1
            || !TryText(message[..first], out string? authorization)
            || !TryText(message.Slice(first + 1, second), out string? authentication)
            || !TryText(message[(first + second + 2)..], out string? secret) || secret.Length == 0)
        {
            return false;
        }

        (identity, login, password) = (authorization, authentication, secret);
        return true;
    }
}
