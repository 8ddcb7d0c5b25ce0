using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>Sign-in whose settings can be exchanged; sessions keep this one object.</summary>
internal sealed class ReloadableSignIn(ISignIn current) : ISignIn
{
    private volatile ISignIn _current = current;

    /// <summary>Takes another one into use. Remembered logins and failures begin anew.</summary>
    public void Replace(ISignIn next) => _current = next;

    public IReadOnlyList<string> MechanismsFor(bool isEncrypted) => _current.MechanismsFor(isEncrypted);

    public bool AllowsPlainText(bool isEncrypted) => _current.AllowsPlainText(isEncrypted);

    public ISaslExchange? Begin(string mechanism, SignInOrigin origin) => _current.Begin(mechanism, origin);

    public ValueTask<SignInOutcome> SignInAsync(string login, string password, SignInOrigin origin, CancellationToken cancellationToken) =>
        _current.SignInAsync(login, password, origin, cancellationToken);
}
