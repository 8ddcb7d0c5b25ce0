using System.Text;

namespace PluginMail.Pop3.Tests;

public sealed class Pop3FuzzTests
{
    private static readonly string[] Seeds =
    [
        "USER u", "PASS a secret", "AUTH PLAIN AHUAYSBzZWNyZXQ=", "AUTH LOGIN", "dQ==", "*", "STAT", "LIST 1", "LIST", "RETR 1", "DELE 2", "TOP 1 1",
        "UIDL", "UIDL 2", "NOOP", "RSET", "CAPA", "STLS", "", "TOP 999999999 999999999", "RETR -1", "LIST\t1", "DELE  1 ", "\0",
    ];

    /// <summary>Whatever is sent: each line gets its answer, nothing faults, and without QUIT nothing is removed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_input_is_answered(int seed)
    {
        var random = new Random(seed);
        var store = new StoreInMemory();
        store.Add("Subject: a\r\n\r\na\r\n"u8);
        store.Add("Subject: b\n\nb"u8);
        for (int session = 0; session < 20; session++)
        {
            Pop3Client client = new Pop3Fixture(store, new Pop3Options { MaximumErrors = 1000 }).Connect();
            Task<string> said = ReadAllAsync(client);
            if (random.Next(2) == 0)
            {
                await client.SendAsync("USER u\r\nPASS a secret\r\n");
            }

            for (int line = 0; line < 40; line++)
            {
                await client.SendAsync(Mutate(random));
            }

            await client.HangUpAsync();
            Assert.DoesNotContain("[SYS/TEMP] internal fault", await said, StringComparison.Ordinal);
            Assert.Equal(2, store.Uids.Length);
        }

        Assert.Equal(0, store.HoldsOpen);
    }

    [Fact]
    public async Task Lines_without_end_and_octets_that_are_no_text_are_answered()
    {
        Pop3Client client = new Pop3Fixture(new StoreInMemory()).Connect();
        await client.ReadLineAsync();
        await client.SendAsync([.. Enumerable.Repeat((byte)'x', 1_000_000), (byte)'\r', (byte)'\n']);
        Assert.Equal("-ERR line too long", await client.ReadLineAsync());
        await client.SendAsync([(byte)'U', 0xff, (byte)'\r', (byte)'\n']);
        Assert.Equal("-ERR not UTF-8", await client.ReadLineAsync());
        await client.SendAsync("CAPA\nSTLS\n");
        Assert.Equal("+OK capabilities follow", await client.ReadLineAsync());
        await client.HangUpAsync();
    }

    private static async Task<string> ReadAllAsync(Pop3Client client)
    {
        var all = new StringBuilder();
        while (await client.ReadLineAsync() is { } line)
        {
            all.AppendLine(line);
        }

        return all.ToString();
    }

    private static byte[] Mutate(Random random)
    {
        List<byte> octets = [.. Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]), .. "\r\n"u8];
        for (int edits = random.Next(3); edits > 0; edits--)
        {
            int at = random.Next(octets.Count);
            if (random.Next(2) == 0)
            {
                octets.Insert(at, (byte)random.Next(256));
            }
            else
            {
                octets.RemoveAt(at);
            }
        }

        return [.. octets];
    }
}
