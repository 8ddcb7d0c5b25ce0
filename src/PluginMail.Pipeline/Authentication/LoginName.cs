using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Authentication;

/// <summary>Reads login names: a full address, or a bare name in the default domain, in any case.</summary>
internal static class LoginName
{
    /// <summary>Characters of the longest name that is looked at.</summary>
    public const int MaximumLength = 400;

    /// <summary>The address a name stands for.</summary>
    /// <param name="login">The name as the client wrote it.</param>
    /// <param name="defaultDomain">The domain of bare names; empty for none.</param>
    /// <returns>Local part and domain in lower case; null where the name stands for no address.</returns>
    public static EmailAddress? TryResolve(string login, string defaultDomain)
    {
        if (login.Length is 0 or > MaximumLength || Normalize(login) is not { } name)
        {
            return null;
        }

        if (!name.Contains('@', StringComparison.Ordinal))
        {
            if (defaultDomain.Length == 0)
            {
                return null;
            }

            name = $"{name}@{defaultDomain}";
        }

        return EmailAddress.TryParse(name.ToLowerInvariant(), out EmailAddress? address) ? address : null;
    }

    // NFKC stands in for SASLprep (RFC 4013), as it does for passwords in ScramVerifier.
    private static string? Normalize(string login)
    {
        try
        {
            return login.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return null; // unpaired surrogates
        }
    }
}
