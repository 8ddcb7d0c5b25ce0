using System.Text.RegularExpressions;
using PluginMail.Abstractions;

namespace PluginMail.Greylist;

/// <summary>
/// A sender as it is remembered: the same for all messages of one correspondent, though each has an address of its own. Signatures of BATV and
/// SRS and the hidden recipient and numbers of VERP are taken out.
/// </summary>
internal static partial class SenderKey
{
    /// <summary>The sender in lower case; empty for the null sender.</summary>
    public static string Of(EmailAddress? sender)
    {
        if (sender is null)
        {
            return "";
        }

        string local = sender.LocalPart.ToLowerInvariant();
        local = BounceTag().Replace(local, "");
        if (Rewritten().Match(local) is { Success: true } rewritten)
        {
            return $"srs={rewritten.Groups["address"].Value}@{sender.Domain.ToLowerInvariant()}";
        }

        int plus = local.IndexOf('+');
        local = plus > 0 ? local[..plus] : local;
        return $"{Number().Replace(local, "#")}@{sender.Domain.ToLowerInvariant()}";
    }

    // BATV: prvs=KDDDSSSSSS=user, as others write it msprvs1=KDDDD...=user and btv1==TAG==user.
    [GeneratedRegex(@"^(?:prvs=[0-9a-f]{10}=|msprvs1=[^=]+=|btv1==[^=]+==)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BounceTag();

    // SRS0=HHHH=TT=domain=user, and SRS1=HHHH=forwarder==HHHH=TT=domain=user.
    [GeneratedRegex(@"^(?:srs0[=+-][^=]+=[^=]+=|srs1[=+-][^=]+=[^=]+==[^=]+=[^=]+=)(?<address>.+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rewritten();

    // Numbers that stand alone, and hexadecimal ones of eight digits or more.
    [GeneratedRegex(@"(?<![a-z0-9])(?:[0-9]+|[0-9a-f]{8,})(?![a-z0-9])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
