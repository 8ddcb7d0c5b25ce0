using System.Collections.Immutable;

namespace PluginMail.Pipeline.Authentication.Mechanisms;

/// <summary>A row of the table of mechanisms.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="IsPlainText">Whether the server sees the password: not without TLS, and known to plugins too.</param>
/// <param name="NeedsBinding">Whether it is bound to the TLS channel.</param>
/// <param name="Begin">Begins an exchange; the flag says whether the client was offered channel binding.</param>
internal sealed record SaslMechanism(
    string Name, bool IsPlainText, bool NeedsBinding, Func<LoginDesk, SignInOrigin, bool, ISaslExchange> Begin)
{
    /// <summary>All mechanisms, strongest first. A new one is a file and a row.</summary>
    public static readonly ImmutableArray<SaslMechanism> All =
    [
        new(ScramExchange.PlusName, IsPlainText: false, NeedsBinding: true, static (desk, origin, _) => new ScramExchange(desk, origin, isBound: true, offersBinding: true)),
        new(ScramExchange.Name, IsPlainText: false, NeedsBinding: false, static (desk, origin, offers) => new ScramExchange(desk, origin, isBound: false, offers)),
        new(PlainExchange.Name, IsPlainText: true, NeedsBinding: false, static (desk, origin, _) => new PlainExchange(desk, origin)),
        new(LoginExchange.Name, IsPlainText: true, NeedsBinding: false, static (desk, origin, _) => new LoginExchange(desk, origin)),
    ];
}
