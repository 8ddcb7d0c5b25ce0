using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.MailAuth;
using PluginMail.Mime;

namespace PluginMail.Benchmarks;

/// <summary>DKIM: signing a message and verifying it, everything but the look-ups, which are answered at once.</summary>
internal static class MailAuthBenchmark
{
    public static async Task RunAsync(BenchmarkOptions options)
    {
        using DkimSigningKey rsa = DkimSigningKey.Generate("example.com", "rsa", DkimAlgorithm.RsaSha256);
        using DkimSigningKey ed25519 = DkimSigningKey.Generate("example.com", "ed", DkimAlgorithm.Ed25519Sha256);
        var cases = new List<Case>();
        foreach ((string size, byte[] message) in new[] { ("4 KiB", SampleMessages.Text(4 << 10)), ("1 MiB", SampleMessages.Text(1 << 20)) })
        {
            foreach ((string algorithm, DkimSigningKey key) in new[] { ("RSA-2048", rsa), ("Ed25519", ed25519) })
            {
                var signer = new MessageSigner(new OneKey(key), TimeProvider.System);
                var content = new MemoryContent(message);
                var signed = new System.Buffers.ArrayBufferWriter<byte>();
                ImmutableArray<MimeHeaderEdit> edits = await signer.SignAsync(content, CancellationToken.None);
                HeaderEdits.Apply(message, edits, signed);
                var verifying = new AuthenticationRequest(new MemoryContent(signed.WrittenMemory), null, null, null);
                var authentication = new MailAuthentication(new OneRecord(key), TimeProvider.System, new MailAuthenticationOptions { AuthservId = "mx" });
                if ((await authentication.EvaluateAsync(verifying, CancellationToken.None)).Dkim is not [{ Result: DkimResult.Pass }])
                {
                    throw new InvalidOperationException("the signature does not hold");
                }

                cases.Add(new Case($"{size}, sign, {algorithm}", async count => await RepeatAsync(count, async () => await signer.SignAsync(content, CancellationToken.None))));
                cases.Add(new Case($"{size}, evaluate, {algorithm}", async count => await RepeatAsync(count, async () => await authentication.EvaluateAsync(verifying, CancellationToken.None))));
            }
        }

        Table.Print("DKIM", cases, await InterleavedRounds.MeasureAsync(options, [.. cases]));
    }

    private static async Task RepeatAsync<T>(int count, Func<ValueTask<T>> once)
    {
        for (int i = 0; i < count; i++)
        {
            await once();
        }
    }

    private sealed class OneKey(DkimSigningKey key) : IDkimKeySource
    {
        public ValueTask<ImmutableArray<DkimSigningKey>> FindAsync(string domain, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ImmutableArray<DkimSigningKey>>([key]);
    }

    private sealed class OneRecord(DkimSigningKey key) : IDnsResolver
    {
        public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken) => ValueTask.FromResult(
            name == key.DnsName
                ? new DnsAnswer(DnsStatus.Found, [key.DnsText], TimeSpan.Zero, false)
                : new DnsAnswer(DnsStatus.NameError, [], TimeSpan.Zero, false));
    }
}
