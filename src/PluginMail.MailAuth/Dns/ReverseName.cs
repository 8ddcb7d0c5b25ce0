using System.Net;
using System.Net.Sockets;

namespace PluginMail.MailAuth;

/// <summary>The name under which an address' PTR records stand (RFC 1035 section 3.5, RFC 3596 section 2.5).</summary>
internal static class ReverseName
{
    public static string Of(IPAddress address)
    {
        string[] labels = SpfMacroValues.Dotted(address).Split('.');
        Array.Reverse(labels);
        return string.Join('.', labels) + (address.AddressFamily == AddressFamily.InterNetwork ? ".in-addr.arpa" : ".ip6.arpa");
    }
}
