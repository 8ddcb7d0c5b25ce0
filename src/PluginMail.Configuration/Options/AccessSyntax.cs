using PluginMail.Abstractions;

namespace PluginMail.Configuration.Options;

/// <summary>Words and patterns of access rules.</summary>
internal static class AccessSyntax
{
    private const int LongestPattern = 320;

    /// <summary>An action by its name here or in Postfix's access(5); null where there is none.</summary>
    internal static AccessVerb? VerbOf(string word) => word.ToUpperInvariant() switch
    {
        "PERMIT" or "OK" => AccessVerb.Permit,
        "REFUSE" or "REJECT" => AccessVerb.Refuse,
        "DEFER" => AccessVerb.Defer,
        "HOLD" => AccessVerb.Hold,
        "DISCARD" => AccessVerb.Discard,
        "PASS" or "DUNNO" => AccessVerb.Pass,
        _ => null,
    };

    internal static bool IsPattern(AccessFact of, string text) => text.Length is > 0 and <= LongestPattern && of switch
    {
        AccessFact.Client => NetworkSyntax.TryParse(text, out _),
        AccessFact.Helo => IsName(text) || (text[0] == '[' && text[^1] == ']'),
        AccessFact.Sender => text == "<>" || IsAddress(text),
        _ => IsAddress(text),
    };

    internal static string Expected(AccessFact of) => of switch
    {
        AccessFact.Client => "a network like \"10.0.0.0/8\" or \"2001:db8::/32\" without bits behind the prefix, or an IP address",
        AccessFact.Helo => "a name \"mail.b.example\", names below one \".b.example\", or a literal \"[192.0.2.1]\"",
        AccessFact.Sender => "an address \"a@b.example\", a domain \"b.example\", domains below one \".b.example\", any domain \"a@\", or \"<>\"",
        _ => "an address \"a@b.example\", a domain \"b.example\", domains below one \".b.example\", or any domain \"a@\"",
    };

    private static bool IsAddress(string text) => IsName(text) || EmailAddress.TryParse(text, out _)
        || (text.Length > 1 && text[^1] == '@' && EmailAddress.TryParse(text + "b.example", out _));

    // Single labels too: that is what many a greeting is.
    private static bool IsName(string text) => DomainSyntax.IsDomain(text[0] == '.' ? text[1..] : text);
}
