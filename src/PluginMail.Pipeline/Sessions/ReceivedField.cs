using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>The trace field that this server puts above a message (RFC 5321 section 4.4).</summary>
internal static class ReceivedField
{
    private const int MaximumName = 255;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]");

    /// <summary>Writes the field. A recipient is named only where there is one, so that none learns of another.</summary>
    public static byte[] Write(
        SessionState session, string hostname, DecisionTrace trace, MailParameters parameters, IReadOnlyList<EmailAddress> recipients)
    {
        string recipient = recipients.Count == 1 ? $"\r\n\tfor <{recipients[0]}>" : "";
        string origin = session.RemoteEndPoint is { } client
            ? $"from {Name(session.HelloName)} ({Address(client.Address)})\r\n\tby {hostname} with {With(session, parameters)}"
            : $"by {hostname} ({Name(session.Protocol)})"; // no client, no protocol
        return Encoding.UTF8.GetBytes($"Received: {origin} id {trace.TransactionId}{recipient};\r\n\t{MailDate.Format(trace.Started)}\r\n");
    }

    /// <summary>The WITH protocol types of RFC 3848 and RFC 6531 section 4.3.</summary>
    private static string With(SessionState session, MailParameters parameters)
    {
        string name = session.Protocol == "lmtp" ? "LMTP" : !session.IsExtended ? "SMTP" : "ESMTP";
        if (name == "SMTP")
        {
            return name;
        }

        string prefix = parameters.IsInternationalized ? session.Protocol == "lmtp" ? "UTF8LMTP" : "UTF8SMTP" : name;
        return $"{prefix}{(session.IsEncrypted ? "S" : "")}{(session.Authenticated is null ? "" : "A")}";
    }

    private static string Address(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes()); // without a scope
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{plain}]" : $"[{plain}]";
    }

    // What a client calls itself must not look like another part of the field, nor like another field.
    private static string Name(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "unknown";
        }

        string bounded = text.Length > MaximumName ? text[..MaximumName] : text;
        return bounded.AsSpan().ContainsAnyExcept(NameCharacters)
            ? string.Create(bounded.Length, bounded, static (name, given) =>
            {
                for (int i = 0; i < name.Length; i++)
                {
                    name[i] = NameCharacters.Contains(given[i]) ? given[i] : '?';
                }
            })
            : bounded;
    }
}
