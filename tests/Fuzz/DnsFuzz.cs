using PluginMail.Abstractions;
using PluginMail.Dns.Wire;

namespace PluginMail.Fuzz;

public sealed class DnsFuzz
{
    private static readonly string[] Words = ["\u0004mail\u0004test\0", "\0\u000f\0\u0001", "\0\u0001\0\u0001", "\0\u0005\0\u0001", "\0\u0006\0\u0001", "\0\u0010", "\0"];

    [Fact]
    public void Response() => FuzzRun.Run("dns", Words, input =>
    {
        foreach (DnsRecordType type in Enum.GetValues<DnsRecordType>())
        {
            var question = new Question("mail.test", type);
            byte[] message = WithQuestion(input, question);
            if (!ResponseMessage.TryRead(message, 7, question, out var response))
            {
                continue;
            }

            Assert.InRange(response.Answers.Count, 0, message.Length / 11);
            foreach (var record in response.Answers)
            {
                AssertName(record.Owner);
                Assert.InRange(record.Data.Length, 0, Math.Max(DomainName.MaximumText + 20, message.Length * 2));
                if (record.Type is DnsRecordType.CNAME or DnsRecordType.PTR)
                {
                    AssertName(record.Data);
                }
            }

            if (AliasChain.Follow(response.Answers, question, AliasChain.MaximumLength) is { } chain)
            {
                Assert.InRange(chain.Length, 0, AliasChain.MaximumLength);
                Assert.InRange(chain.Records.Length, 0, response.Answers.Count);
            }
        }
    });

    [Fact]
    public void Name() => FuzzRun.Run("dns", Words, input =>
    {
        for (int start = 0; start < Math.Min(input.Length, 64); start++)
        {
            var reader = new MessageReader(input);
            Assert.True(reader.TrySkip(start));
            if (reader.TryReadName(out string? name))
            {
                Assert.InRange(reader.Position, start + 1, input.Length);
                AssertName(name);
            }
        }
    });

    // Most mutations would lose the id or the question, and nothing behind them would be read.
    private static byte[] WithQuestion(byte[] input, Question question)
    {
        byte[] query = new byte[QueryMessage.MaximumLength];
        int length = QueryMessage.Write(7, question, extended: false, query);
        byte[] counts = input.Length < 12 ? new byte[6] : input[6..12];
        byte[] rest = input.Length < length ? [] : input[length..];
        return [0, 7, 0x81, 0x80, 0, 1, 0, (byte)(counts[1] & 0xF), 0, (byte)(counts[3] & 0xF), 0, (byte)(counts[5] & 0xF), .. query[12..length], .. rest];
    }

    private static void AssertName(string name)
    {
        Span<byte> wire = stackalloc byte[DomainName.MaximumOctets];
        int length = DomainName.Encode(name, wire);
        Assert.InRange(length, 1, DomainName.MaximumOctets);
        var reader = new MessageReader(wire[..length]);
        Assert.True(reader.TryReadName(out string? again));
        Assert.Equal(name, again);
    }
}
