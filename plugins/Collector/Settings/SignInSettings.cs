namespace PluginMail.Collector.Settings;

/// <summary>What proves who we are.</summary>
/// <param name="Method">How.</param>
/// <param name="User">The login.</param>
internal sealed record SignInSettings(SignInMethod Method, string User)
{
    /// <summary>The password itself; empty where it stands in a file.</summary>
    public string Password { get; init; } = "";

    /// <summary>A file whose first line is the password.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>A file whose first line is the access token, read at each sign-in.</summary>
    public string TokenFile { get; init; } = "";

    /// <summary>Where a refresh token buys an access token (RFC 6749 section 6); null for none.</summary>
    public Uri? TokenEndpoint { get; init; }

    /// <summary>The client that the refresh token was given to.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>A file whose first line is that client's secret; empty for none.</summary>
    public string ClientSecretFile { get; init; } = "";

    /// <summary>A file whose first line is the refresh token.</summary>
    public string RefreshTokenFile { get; init; } = "";

    /// <summary>Without the secret, which a record would print otherwise.</summary>
    public override string ToString() => $"{Method} {User}";
}
