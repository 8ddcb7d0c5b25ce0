using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.MailAuth;

/// <summary>The values of macros (RFC 7208 section 7.2).</summary>
internal sealed record SpfMacroValues
{
    public required IPAddress Client { get; init; }

    public required string Helo { get; init; }

    public required string LocalPart { get; init; }

    public required string SenderDomain { get; init; }

    /// <summary>The current domain.</summary>
    public required string Domain { get; init; }

    /// <summary>The validated name of the client; "unknown" where there is none or nobody asked.</summary>
    public string ValidatedName { get; init; } = "unknown";

    /// <summary>The name of this host.</summary>
    public required string Receiver { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The value of a macro letter in lower case.</summary>
    public string this[char letter] => letter switch
    {
        's' => $"{LocalPart}@{SenderDomain}",
        'l' => LocalPart,
        'o' => SenderDomain,
        'd' => Domain,
        'i' => Dotted(Client),
        'p' => ValidatedName,
        'v' => Client.AddressFamily == AddressFamily.InterNetwork ? "in-addr" : "ip6",
        'h' => Helo,
        'c' => Client.ToString(),
        'r' => Receiver,
        't' => Timestamp.ToString(CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>The address with dots: four numbers, or thirty-two hexadecimal digits.</summary>
    public static string Dotted(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.ToString();
        }

        var text = new StringBuilder(63);
        foreach (byte octet in address.GetAddressBytes())
        {
            text.Append(text.Length == 0 ? "" : ".").Append("0123456789abcdef"[octet >> 4]).Append('.').Append("0123456789abcdef"[octet & 15]);
        }

        return text.ToString();
    }
}
