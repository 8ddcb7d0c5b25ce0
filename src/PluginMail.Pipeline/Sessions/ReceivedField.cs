using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.Pipeline;

/// <summary>The trace field that this server puts above a message (RFC 5321 section 4.4).</summary>
internal static class ReceivedField
{
    /// <summary>Writes the field. A recipient is named only where there is one, so that none learns of another.</summary>
    public static byte[] Write(
        SessionState session, string hostname, DecisionTrace trace, MailParameters parameters, IReadOnlyList<EmailAddress> recipients)
    {
        string recipient = recipients.Count == 1 ? $"\r\n\tfor <{Clean(recipients[0].ToString())}>" : "";
        return Encoding.UTF8.GetBytes(
            $"Received: from {Clean(session.HelloName ?? "unknown")} ({Address(session.RemoteEndPoint?.Address)})\r\n"
            + $"\tby {hostname} with {With(session, parameters)} id {trace.TransactionId}{recipient};\r\n"
            + $"\t{MailDate.Format(trace.Started)}\r\n");
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

    private static string Address(IPAddress? address) => address is null
        ? "local"
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";

    private static string Clean(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\x1f') ? new string([.. text.Where(c => c > '\x1f')]) : text;
}
