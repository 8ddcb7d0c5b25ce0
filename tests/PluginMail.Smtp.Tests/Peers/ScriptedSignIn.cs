using System.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Smtp.Tests;

/// <summary>Knows u@example.test with the password <c>secret</c>. Its SCRAM-SHA-256 only has the right number of steps.</summary>
internal sealed class ScriptedSignIn : ISignIn
{
    public bool AllowsPlainTextAlways { get; init; }

    public IReadOnlyList<string> MechanismsFor(bool isEncrypted) =>
        AllowsPlainText(isEncrypted) ? ["SCRAM-SHA-256", "PLAIN", "LOGIN"] : ["SCRAM-SHA-256"];

    public bool AllowsPlainText(bool isEncrypted) => isEncrypted || AllowsPlainTextAlways;

    public ISaslExchange? Begin(string mechanism, SignInOrigin origin) => mechanism.ToUpperInvariant() switch
    {
        "PLAIN" when AllowsPlainText(origin.IsEncrypted) => new Exchange([""], all => all[0] == "\0u\0secret"),
        "LOGIN" when AllowsPlainText(origin.IsEncrypted) => new Exchange(["Username:", "Password:"], all => all is ["u", "secret"]),
        "SCRAM-SHA-256" => new Exchange(["", "server-first", "server-final"], all => all is ["client-first", "client-final", ""]),
        _ => null,
    };

    public ValueTask<SignInOutcome> SignInAsync(string login, string password, SignInOrigin origin, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private sealed class Exchange(string[] challenges, Func<string[], bool> check) : ISaslExchange
    {
        private readonly List<string> _responses = [];

        public ValueTask<SaslStep> RespondAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
        {
            if (response is { } octets)
            {
                _responses.Add(Encoding.UTF8.GetString(octets.Span));
            }

            return new(_responses.Count < challenges.Length
                ? new SaslStep(Encoding.UTF8.GetBytes(challenges[_responses.Count]), null)
                : new SaslStep(null, End()));
        }

        private SignInOutcome End() => _responses[0] switch
        {
            "unavailable" => new SignInOutcome(SignInStatus.Unavailable, null),
            "malformed" => new SignInOutcome(SignInStatus.Malformed, null),
            "throw" => throw new InvalidOperationException("sign-in is broken"),
            _ when check([.. _responses]) => new SignInOutcome(SignInStatus.Accepted, User),
            _ => new SignInOutcome(SignInStatus.Rejected, null),
        };
    }

    private static readonly Account User = new(new AccountId(1), new EmailAddress("u", "example.test"), "", 0, null!, 1);
}
