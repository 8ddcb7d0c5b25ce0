using System.Text;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Imap.Tests;

/// <summary>Knows one login: anna, secret.</summary>
internal sealed class TestSignIn(Account account, bool allowsPlainText = true) : ISignIn
{
    public IReadOnlyList<string> MechanismsFor(bool isEncrypted) => AllowsPlainText(isEncrypted) ? ["PLAIN"] : [];

    public bool AllowsPlainText(bool isEncrypted) => allowsPlainText || isEncrypted;

    public ISaslExchange? Begin(string mechanism, SignInOrigin origin) =>
        mechanism.Equals("PLAIN", StringComparison.OrdinalIgnoreCase) && AllowsPlainText(origin.IsEncrypted) ? new Plain(this, origin) : null;

    public ValueTask<SignInOutcome> SignInAsync(string login, string password, SignInOrigin origin, CancellationToken cancellationToken) =>
        new((login.StartsWith("anna", StringComparison.Ordinal), password) switch
        {
            (true, "secret") => new SignInOutcome(SignInStatus.Accepted, account),
            (true, "later") => new SignInOutcome(SignInStatus.Unavailable, null),
            _ => new SignInOutcome(SignInStatus.Rejected, null),
        });

    private sealed class Plain(TestSignIn signIn, SignInOrigin origin) : ISaslExchange
    {
        public async ValueTask<SaslStep> RespondAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
        {
            if (response is null)
            {
                return new SaslStep(ReadOnlyMemory<byte>.Empty, null);
            }

            return Encoding.UTF8.GetString(response.Value.Span).Split('\0') is [_, var login, var password]
                ? new SaslStep(null, await signIn.SignInAsync(login, password, origin, cancellationToken))
                : new SaslStep(null, new SignInOutcome(SignInStatus.Malformed, null));
        }
    }
}
