using System.Text;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.SignIn;

/// <summary>What a sign-in says.</summary>
/// <param name="Method">How.</param>
/// <param name="User">The login.</param>
/// <param name="Secret">The password or token.</param>
internal sealed record Proof(SignInMethod Method, string User, string Secret)
{
    /// <summary>The SASL mechanism's name.</summary>
    public string Mechanism => Method switch
    {
        SignInMethod.Xoauth2 => "XOAUTH2",
        SignInMethod.Oauthbearer => "OAUTHBEARER",
        _ => "PLAIN",
    };

    /// <summary>Reads the password, or gets the token.</summary>
    /// <exception cref="RemoteFault">There is none.</exception>
    public static async ValueTask<Proof> GetAsync(SignInSettings signIn, AccessTokens tokens, CancellationToken cancellationToken) => new(
        signIn.Method,
        signIn.User,
        signIn.Method != SignInMethod.Password ? await tokens.GetAsync(cancellationToken)
        : signIn.Password.Length > 0 ? signIn.Password
        : await SecretFile.ReadAsync("password_file", signIn.PasswordFile, cancellationToken));

    /// <summary>The mechanism's one message in base64: PLAIN (RFC 4616), OAUTHBEARER (RFC 7628 section 3.1), XOAUTH2.</summary>
    public string InitialResponse(string host, int port) => Convert.ToBase64String(Encoding.UTF8.GetBytes(Method switch
    {
        SignInMethod.Xoauth2 => $"user={User}\u0001auth=Bearer {Secret}\u0001\u0001",
        SignInMethod.Oauthbearer =>
            $"n,a={User.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal)},\u0001host={host}\u0001port={port}\u0001auth=Bearer {Secret}\u0001\u0001",
        _ => $"\0{User}\0{Secret}",
    }));

    /// <summary>Without the secret, which a record would print otherwise.</summary>
    public override string ToString() => $"{Method} {User}";
}
