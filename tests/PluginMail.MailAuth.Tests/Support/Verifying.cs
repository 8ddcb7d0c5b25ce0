using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.MailAuth.Tests;

/// <summary>Short ways to verify and to sign.</summary>
internal static class Verifying
{
    /// <summary>A moment inside the life of the published examples.</summary>
    public const long Now = 1_795_000_000;

    public static MailAuthenticationOptions Options { get; } = new() { AuthservId = "mx.example.test" };

    public static MemoryContent Content(string message) => new(Encoding.Latin1.GetBytes(message));

    public static async Task<DkimVerification[]> DkimAsync(
        string message, IDnsResolver dns, MailAuthenticationOptions? options = null, long now = Now) =>
        await DkimAsync(Content(message), dns, options, now);

    public static async Task<DkimVerification[]> DkimAsync(
        MessageContent content, IDnsResolver dns, MailAuthenticationOptions? options = null, long now = Now)
    {
        ReceivedMessage message = ReceivedMessage.Read(content);
        var verifier = new DkimVerifier(message, new KeyLookup(dns), options ?? Options, now);
        var bodies = new BodyHashes();
        verifier.Begin(bodies, AuthorDomains.Read(message.Header).Domains, CancellationToken.None);
        bodies.Compute(message, CancellationToken.None);
        return [.. await verifier.FinishAsync()];
    }

    public static string Apply(string message, IEnumerable<MimeHeaderEdit> edits)
    {
        byte[] octets = Encoding.Latin1.GetBytes(message);
        HeaderBlock.FindBody(octets, out int end);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        HeaderEdits.Apply(octets.AsSpan(0, end), edits, output);
        return Encoding.Latin1.GetString(output.WrittenSpan) + message[end..];
    }

    public static string Sign(string message, params DkimSigningKey[] keys) =>
        Apply(message, DkimSigner.Sign(ReceivedMessage.Read(Content(message)), keys, DateTimeOffset.FromUnixTimeSeconds(Now), CancellationToken.None));
}
