using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Authentication;

/// <summary>Where every mechanism comes with what the client said: finds the account, checks, slows down, remembers, logs.</summary>
internal sealed class LoginDesk(
    IDirectoryStore directory, IRoleCatalog roles, INewAccounts newAccounts, SignInOptions options, TimeProvider clock, ILogger log)
{
    private static readonly SignInOutcome Rejected = new(SignInStatus.Rejected, null);
    private static readonly SignInOutcome Unavailable = new(SignInStatus.Unavailable, null);
    private static readonly SignInOutcome MalformedOutcome = new(SignInStatus.Malformed, null);
    private readonly FailureThrottle _throttle = new(options, clock);
    private readonly VerifiedLogins _verified = new(options.LoginCache, options.LoginCacheTime, clock);
    private readonly PasswordChecks _checks = new(options.ConcurrentChecks, options.WaitingChecks);
    private readonly DecoyVerifiers _decoys = new(options.DecoyKey, options.Iterations);

    /// <summary>What failed logins cost.</summary>
    public FailureThrottle Throttle => _throttle;

    /// <summary>Begins an attempt.</summary>
    public LoginAttempt Attempt(string method, string login, SignInOrigin origin) =>
        new(method, login, LoginName.TryResolve(login, options.DefaultDomain), origin);

    /// <summary>Whether an authorization identity (RFC 4422 section 3.4.1) is the login's own: nobody acts for others here.</summary>
    public bool IsOwnIdentity(LoginAttempt attempt, string identity) =>
        identity.Length == 0
        || (LoginName.TryResolve(identity, options.DefaultDomain) is { } address && address.Equals(attempt.Address));

    /// <summary>The account of a login and what its proof is checked against: a decoy for a name that nobody has, and for one without a password here.</summary>
    /// <exception cref="StoreUnavailableException">The accounts cannot be read.</exception>
    public async ValueTask<(Account? Account, ScramVerifier Verifier)> FindAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        Account? account = attempt.Address is null ? null : await directory.FindAccountAsync(attempt.Address, cancellationToken);
        account = account is { Policy.IsDisabled: true } ? null : account; // as if nobody had the name
        return (account, account?.Verifier ?? _decoys.For(attempt.Key));
    }

    /// <summary>Checks a password.</summary>
    public async ValueTask<SignInOutcome> CheckPasswordAsync(LoginAttempt attempt, string password, CancellationToken cancellationToken)
    {
        if (_throttle.IsBarred(attempt.Origin.Remote?.Address))
        {
            return Defer(attempt, "too-many-failures");
        }

        TimeSpan waited = await WaitForAddressAsync(attempt, cancellationToken);
        try
        {
            (Account? account, ScramVerifier verifier) = await FindAsync(attempt, cancellationToken);
            if (account is not null && _verified.IsKnown(account, password))
            {
                return Accept(attempt, account);
            }

            waited = await WaitForLoginAsync(attempt, waited, cancellationToken);
            bool? matches = await _checks.MatchesAsync(verifier, password, cancellationToken);
            return (account, matches) switch
            {
                (_, null) => Defer(attempt, "busy"),
                (null or { Verifier: null }, _) => await AskPluginsAsync(attempt, password, waited, cancellationToken),
                ({ } known, true) => Remember(attempt, known, password),
                ({ }, false) => await RejectAsync(attempt, "wrong-password", waited, cancellationToken),
            };
        }
        catch (StoreUnavailableException)
        {
            return Defer(attempt, "store-unavailable");
        }
    }

    /// <summary>Lets a proof be judged, when the attempt has waited for what earlier failures cost.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="account">Whose the proof is; null where nobody has the name.</param>
    /// <param name="isProven">Whether the proof is right.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it ended.</returns>
    public async ValueTask<SignInOutcome> JudgeProofAsync(
        LoginAttempt attempt, Account? account, bool isProven, CancellationToken cancellationToken)
    {
        if (_throttle.IsBarred(attempt.Origin.Remote?.Address))
        {
            return Defer(attempt, "too-many-failures");
        }

        TimeSpan waited = await WaitForLoginAsync(attempt, await WaitForAddressAsync(attempt, cancellationToken), cancellationToken);
        return account is not null && isProven
            ? Accept(attempt, account)
            : await RejectAsync(attempt, account is null ? "unknown-user" : "wrong-password", waited, cancellationToken);
    }

    /// <summary>Rejects an attempt: logs, counts, and answers late.</summary>
    public ValueTask<SignInOutcome> RejectAsync(LoginAttempt attempt, string reason, CancellationToken cancellationToken) =>
        RejectAsync(attempt, reason, TimeSpan.Zero, cancellationToken);

    /// <summary>Ends an exchange that was not well formed.</summary>
    public SignInOutcome Malformed(LoginAttempt attempt)
    {
        AuthenticationLog.Failed(log, attempt, "malformed");
        Count(attempt, "malformed");
        return MalformedOutcome;
    }

    /// <summary>Ends an attempt that cannot be checked now.</summary>
    public SignInOutcome Defer(LoginAttempt attempt, string reason)
    {
        AuthenticationLog.Failed(log, attempt, reason);
        Count(attempt, "unavailable");
        return Unavailable;
    }

    /// <summary>Refuses a password where none may be sent as it is. It is not looked at.</summary>
    public SignInOutcome RefusePlainText(LoginAttempt attempt)
    {
        AuthenticationLog.Failed(log, attempt, attempt.Origin.IsEncrypted ? "no-plain-text" : "no-tls");
        Count(attempt, "rejected");
        return Rejected;
    }

    private static void Count(LoginAttempt attempt, string outcome) => PipelineMetrics.Login(attempt.Origin.Protocol, attempt.Method, outcome);

    private SignInOutcome Remember(LoginAttempt attempt, Account account, string password)
    {
        _verified.Remember(account, password);
        return Accept(attempt, account);
    }

    private SignInOutcome Accept(LoginAttempt attempt, Account account)
    {
        _throttle.Succeeded(attempt.Origin.Remote?.Address, attempt.Key);
        AuthenticationLog.Succeeded(log, attempt, account.Address.ToString());
        Count(attempt, "accepted");
        return new SignInOutcome(SignInStatus.Accepted, account);
    }

    private async ValueTask<SignInOutcome> RejectAsync(
        LoginAttempt attempt, string reason, TimeSpan waited, CancellationToken cancellationToken)
    {
        AuthenticationLog.Failed(log, attempt, reason); // before the wait, which the client may not live to see
        Count(attempt, "rejected");
        TimeSpan cost = _throttle.Failed(attempt.Origin.Remote?.Address, attempt.Key);
        await WaitAsync(cost - waited, cancellationToken);
        return Rejected;
    }

    private async ValueTask<SignInOutcome> AskPluginsAsync(
        LoginAttempt attempt, string password, TimeSpan waited, CancellationToken cancellationToken)
    {
        if (attempt.Address is null)
        {
            return await RejectAsync(attempt, "unknown-user", waited, cancellationToken);
        }

        var question = new LoginQuestion(attempt.Address, password, new SignInSessionView(attempt.Origin));
        bool anyFault = false;
        foreach (Role<LoginQuestion, AuthenticationAnswer> role in roles.Current.Authenticators)
        {
            RoleAnswer<AuthenticationAnswer> answer = await role.AskAsync(question, cancellationToken);
            if (answer.Fault is { } fault)
            {
                AuthenticationLog.AuthenticatorFailed(log, role.Plugin, fault);
                anyFault = true;
            }

            if (answer.Value == AuthenticationAnswer.Rejected)
            {
                return await RejectAsync(attempt, "wrong-password", waited, cancellationToken);
            }

            if (answer is { Value: AuthenticationAnswer.Accepted, Fault: null })
            {
                return await AccountOfAsync(attempt, cancellationToken) is { } account
                    ? Accept(attempt, account)
                    : await RejectAsync(attempt, "no-account", waited, cancellationToken);
            }
        }

        return anyFault
            ? Defer(attempt, "authenticator-unavailable")
            : await RejectAsync(attempt, "unknown-user", waited, cancellationToken);
    }

    // Whom a plugin lets in needs an account, as mail lies in accounts. One that is disabled is not given another.
    private async ValueTask<Account?> AccountOfAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        Account? account = await directory.FindAccountAsync(attempt.Address!, cancellationToken)
            ?? await newAccounts.ProvideAsync(attempt.Address!, cancellationToken);
        return account is { Policy.IsDisabled: false } ? account : null;
    }

    private async ValueTask<TimeSpan> WaitForAddressAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        TimeSpan delay = _throttle.DelayOfAddress(attempt.Origin.Remote?.Address);
        await WaitAsync(delay, cancellationToken);
        return delay;
    }

    private async ValueTask<TimeSpan> WaitForLoginAsync(LoginAttempt attempt, TimeSpan waited, CancellationToken cancellationToken)
    {
        TimeSpan delay = _throttle.DelayOfLogin(attempt.Origin.Remote?.Address, attempt.Key);
        await WaitAsync(delay - waited, cancellationToken);
        return delay > waited ? delay : waited;
    }

    private async ValueTask WaitAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, clock, cancellationToken);
        }
    }
}
