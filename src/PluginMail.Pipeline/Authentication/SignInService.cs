using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginMail.Pipeline.Authentication;
using PluginMail.Pipeline.Authentication.Mechanisms;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>Sign-in against the accounts of the store, and after them against the plugins that know logins.</summary>
/// <remarks>One a process, shared by all protocols: the cache and the throttle live in it. Safe for concurrent calls.</remarks>
public sealed class SignInService : ISignIn
{
    private readonly LoginDesk _desk;
    private readonly bool _requiresTls;
    private readonly bool _takesPlainText;
    private readonly ImmutableArray<SaslMechanism> _mechanisms;
    private readonly ImmutableArray<string> _offeredEncrypted;
    private readonly ImmutableArray<string> _offeredPlain;

    /// <summary>Makes the service.</summary>
    /// <param name="directory">The accounts.</param>
    /// <param name="roles">Where plugins' authenticators are found.</param>
    /// <param name="newAccounts">Makes an account for whom an authenticator lets in and who has none.</param>
    /// <param name="options">Mechanisms, policy, limits.</param>
    /// <param name="clock">Measures delays and the age of what is remembered.</param>
    /// <param name="log">Gets one line for each login, failed or not.</param>
    public SignInService(
        IDirectoryStore directory, IRoleCatalog roles, INewAccounts newAccounts, SignInOptions options, TimeProvider clock, ILogger log)
    {
        _desk = new LoginDesk(directory, roles, newAccounts, options, clock, log);
        _requiresTls = options.RequiresTls;
        _mechanisms = [.. SaslMechanism.All.Where(m => options.Mechanisms.Contains(m.Name, StringComparer.OrdinalIgnoreCase))];
        _takesPlainText = _mechanisms.Any(static m => m.IsPlainText);
        _offeredEncrypted = [.. _mechanisms.Where(m => MayBeUsed(m, isEncrypted: true)).Select(static m => m.Name)];
        _offeredPlain = [.. _mechanisms.Where(m => MayBeUsed(m, isEncrypted: false)).Select(static m => m.Name)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> MechanismsFor(bool isEncrypted) => isEncrypted ? _offeredEncrypted : _offeredPlain;

    /// <inheritdoc/>
    public bool AllowsPlainText(bool isEncrypted) => _takesPlainText && (isEncrypted || !_requiresTls);

    /// <inheritdoc/>
    public ISaslExchange? Begin(string mechanism, SignInOrigin origin)
    {
        SaslMechanism? found = _mechanisms.FirstOrDefault(m => m.Name.Equals(mechanism, StringComparison.OrdinalIgnoreCase));
        if (found is null || !MayBeUsed(found, origin.IsEncrypted) || (found.NeedsBinding && origin.EndPointBinding is null))
        {
            return null;
        }

        bool offersBinding = origin.EndPointBinding is not null && _mechanisms.Any(static m => m.NeedsBinding);
        return found.Begin(_desk, origin, offersBinding);
    }

    /// <inheritdoc/>
    public ValueTask<SignInOutcome> SignInAsync(string login, string password, SignInOrigin origin, CancellationToken cancellationToken)
    {
        LoginAttempt attempt = _desk.Attempt("password", login, origin);
        return AllowsPlainText(origin.IsEncrypted)
            ? _desk.CheckPasswordAsync(attempt, password, cancellationToken)
            : ValueTask.FromResult(_desk.RefusePlainText(attempt));
    }

    private bool MayBeUsed(SaslMechanism mechanism, bool isEncrypted) =>
        mechanism.NeedsBinding ? isEncrypted : !mechanism.IsPlainText || AllowsPlainText(isEncrypted);
}
