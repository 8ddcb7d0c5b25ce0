using System.Net;
using PluginMail.Abstractions;
using PluginMail.Testing;

namespace PluginMail.MailAuth.Tests.Spf;

/// <summary>Short ways to check.</summary>
internal static class Check
{
    public static async Task<SpfVerification> MailFromAsync(IDnsResolver dns, string client, string sender, string helo = "mail.example.com")
    {
        int at = sender.LastIndexOf('@');
        return await new SpfVerifier(dns, new FakeTime(), "receiver.example.org").VerifyAsync(
            SpfIdentity.MailFrom, IPAddress.Parse(client), helo, sender.Length == 0 ? null : new EmailAddress(sender[..at], sender[(at + 1)..]), CancellationToken.None);
    }

    public static async Task<SpfResult> RecordAsync(string record, string client = "192.0.2.1", ZoneResolver? zone = null) =>
        (await MailFromAsync((zone ?? new ZoneResolver()).Txt("example.com", record), client, "user@example.com")).Result;
}
