using System.Globalization;
using System.Text;

namespace PluginMail.Icap.Protocol;

/// <summary>Writes requests (RFC 3507 sections 4.3.2, 4.8 and 4.9) up to their body.</summary>
internal static class IcapRequest
{
    private const string Agent = "PluginMail";
    private const int LongestName = 200;

    public static byte[] Options(IcapAddress address) => Encoding.ASCII.GetBytes(
        $"OPTIONS {address.Uri} ICAP/1.0\r\nHost: {address.Authority}\r\nUser-Agent: {Agent}\r\nEncapsulated: null-body=0\r\n\r\n");

    /// <summary>A request to judge an object, which follows in chunks.</summary>
    public static byte[] Modify(IcapAddress address, IcapMode mode, bool allows204, int? preview, IcapObject scanned)
    {
        string url = Uri.EscapeDataString(scanned.Name.Length > LongestName ? scanned.Name[..LongestName] : scanned.Name);
        string describing = $"Content-Type: {MediaType(scanned.MediaType)}\r\n"
            + (scanned.Length is { } length ? $"Content-Length: {length.ToString(CultureInfo.InvariantCulture)}\r\n" : "Transfer-Encoding: chunked\r\n");
        string request = mode == IcapMode.Reqmod
            ? $"POST http://mail/{url} HTTP/1.1\r\nHost: mail\r\n{describing}\r\n"
            : $"GET http://mail/{url} HTTP/1.1\r\nHost: mail\r\n\r\n";
        string answer = mode == IcapMode.Reqmod ? "" : $"HTTP/1.1 200 OK\r\n{describing}\r\n";
        var head = new StringBuilder()
            .Append(mode == IcapMode.Reqmod ? "REQMOD" : "RESPMOD").Append(' ').Append(address.Uri).Append(" ICAP/1.0\r\n")
            .Append("Host: ").Append(address.Authority).Append("\r\nUser-Agent: ").Append(Agent).Append("\r\n");
        if (allows204)
        {
            head.Append("Allow: 204\r\n");
        }

        if (preview is { } octets)
        {
            head.Append(CultureInfo.InvariantCulture, $"Preview: {octets}\r\n");
        }

        if (scanned.Client.Length > 0)
        {
            head.Append("X-Client-IP: ").Append(scanned.Client).Append("\r\n");
        }

        string body = mode == IcapMode.Reqmod ? $"req-body={request.Length}" : $"res-hdr={request.Length}, res-body={request.Length + answer.Length}";
        head.Append("Encapsulated: req-hdr=0, ").Append(body).Append("\r\n\r\n");
        return Encoding.ASCII.GetBytes(head + request + answer);
    }

    private static string MediaType(string text) =>
        text.Length is > 0 and <= 100 && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? text : "application/octet-stream";
}
