namespace PluginMail.Pipeline.Authentication.Mechanisms;

/// <summary>LOGIN (draft-murchison-sasl-login-00): asks for the name, then for the password. An initial response is the name.</summary>
internal sealed class LoginExchange(LoginDesk desk, SignInOrigin origin) : SaslExchange(desk, origin, Name)
{
    /// <summary>The registered name.</summary>
    public const string Name = "LOGIN";

    private static readonly byte[] AskName = "Username:"u8.ToArray();
    private static readonly byte[] AskPassword = "Password:"u8.ToArray();
    private bool _hasName;

    /// <inheritdoc/>
    protected override async ValueTask<SaslStep> StepAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (response is not { } message)
        {
            return _hasName ? Malformed() : Continue(AskName);
        }

        if (!TryText(message.Span, out string? text) || text.Length == 0)
        {
            return Malformed();
        }

        if (_hasName)
        {
            return End(await Desk.CheckPasswordAsync(Attempt, text, cancellationToken));
        }

        _hasName = true;
        SetLogin(text);
        return Continue(AskPassword);
    }
}
