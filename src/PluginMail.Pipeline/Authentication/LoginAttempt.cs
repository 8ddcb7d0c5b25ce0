using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Authentication;

/// <summary>One try to sign in. It knows no password, so that it can be logged.</summary>
/// <param name="Method">The mechanism's name, or <c>password</c> for a protocol's own login command.</param>
/// <param name="Login">The name as the client wrote it.</param>
/// <param name="Address">The account's address that the name stands for, lower case; null where it can stand for none.</param>
/// <param name="Origin">Who asks.</param>
internal sealed record LoginAttempt(string Method, string Login, EmailAddress? Address, SignInOrigin Origin)
{
    /// <summary>What stands for the name in tables: the same for all ways to write it.</summary>
    public string Key { get; } = Address?.ToString() ?? Login;
}
