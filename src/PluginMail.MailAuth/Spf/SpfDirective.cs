using System.Net;

namespace PluginMail.MailAuth;

/// <summary>A mechanism with its qualifier (RFC 7208 section 4.6.1).</summary>
/// <param name="Result">What the record gives where the mechanism matches.</param>
/// <param name="Mechanism">The mechanism.</param>
/// <param name="Text">As published.</param>
internal sealed record SpfDirective(SpfResult Result, SpfMechanism Mechanism, string Text);

/// <summary>The mechanisms of RFC 7208 section 5. A null domain is the current one.</summary>
internal abstract record SpfMechanism
{
    private SpfMechanism()
    {
    }

    /// <summary>Section 5.1.</summary>
    public sealed record All : SpfMechanism;

    /// <summary>Section 5.2.</summary>
    public sealed record Include(SpfMacroString Domain) : SpfMechanism;

    /// <summary>Section 5.3.</summary>
    public sealed record A(SpfMacroString? Domain, int Ip4Prefix, int Ip6Prefix) : SpfMechanism;

    /// <summary>Section 5.4.</summary>
    public sealed record Mx(SpfMacroString? Domain, int Ip4Prefix, int Ip6Prefix) : SpfMechanism;

    /// <summary>Section 5.5.</summary>
    public sealed record Ptr(SpfMacroString? Domain) : SpfMechanism;

    /// <summary>Section 5.6, ip4 and ip6.</summary>
    public sealed record Network(IPAddress Address, int Prefix) : SpfMechanism;

    /// <summary>Section 5.7.</summary>
    public sealed record Exists(SpfMacroString Domain) : SpfMechanism;
}
