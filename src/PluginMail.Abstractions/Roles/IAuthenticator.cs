namespace PluginMail.Abstractions;

/// <summary>A further source of logins (LDAP, an application's users). Asked for names that no account here has, and for accounts without a password here.</summary>
public interface IAuthenticator : IMailRole
{
    /// <summary>Checks a password.</summary>
    /// <param name="login">The account's full address.</param>
    /// <param name="password">The password; must not be logged or kept.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancelled at the time limit.</param>
    /// <returns>What is known.</returns>
    ValueTask<AuthenticationAnswer> AuthenticateAsync(
        EmailAddress login, string password, ISessionView session, CancellationToken cancellationToken);
}

/// <summary>What an authenticator knows of a login.</summary>
public enum AuthenticationAnswer
{
    /// <summary>Not mine; ask the next.</summary>
    Unknown,

    /// <summary>The password is right.</summary>
    Accepted,

    /// <summary>The account is mine and the password is wrong.</summary>
    Rejected,
}
