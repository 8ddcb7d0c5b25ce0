using PluginMail.Benchmarks.Measuring;
using PluginMail.Mime;

namespace PluginMail.Benchmarks;

/// <summary>Reading the structure of messages, in pieces as a session brings them.</summary>
internal static class MimeBenchmark
{
    private const int Piece = 16 << 10;

    public static async Task RunAsync(BenchmarkOptions options)
    {
        (string Name, byte[] Message)[] messages =
        [
            ("text of 4 KiB", SampleMessages.Text(4 << 10)),
            ("text of 64 KiB", SampleMessages.Text(64 << 10)),
            ("attachment, 300 KiB", SampleMessages.WithAttachment(300 << 10)),
            ("attachment, 25 MB", SampleMessages.WithAttachment(25 << 20)),
            ("hostile: deeply nested, 300 KiB", SampleMessages.DeeplyNested(300 << 10)),
            ("hostile: many parts, 300 KiB", SampleMessages.ManyParts(300 << 10)),
            ("hostile: long header, 300 KiB", SampleMessages.LongHeader(300 << 10)),
        ];
        Case[] cases = [.. messages.Select(sample => Case.Of(sample.Name, () => Scan(sample.Message)))];
        Cost[] costs = await InterleavedRounds.MeasureAsync(options, cases);
        Table.Print("MIME structure", cases, costs);
        Console.WriteLine();
        for (int i = 0; i < cases.Length; i++)
        {
            Console.WriteLine($"{cases[i].Name,-32}  {messages[i].Message.Length / costs[i].Median,8:N0} MB/s");
        }
    }

    private static void Scan(ReadOnlySpan<byte> message)
    {
        var scanner = new MimeScanner();
        while (!message.IsEmpty)
        {
            int length = Math.Min(Piece, message.Length);
            scanner.Append(message[..length]);
            message = message[length..];
        }

        scanner.Finish();
    }
}
