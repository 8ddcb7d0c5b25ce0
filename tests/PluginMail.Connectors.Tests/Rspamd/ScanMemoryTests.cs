using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Connectors.Tests.Support;
using PluginMail.Testing.Plugins;
using Xunit.Abstractions;

namespace PluginMail.Connectors.Tests.Rspamd;

/// <summary>What a scan of a large message costs in memory.</summary>
[Collection(Alone.Name)]
public sealed class ScanMemoryTests(ITestOutputHelper output)
{
    private const int Size = 50 * 1024 * 1024;

    [Fact]
    public async Task Fifty_megabytes_are_sent_with_one_chunk_in_memory()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        await using var bench = await ListBench.StartAsync("rspamd", $"address = [\"{address}\"]\nmaximum_size = \"60M\"");
        await AskAsync(bench, listener, FakeMessage.Plain); // what is made once is made
        using var content = new LongContent(Size, "");
        var message = new FakeMessage(content);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await AskAsync(bench, listener, message);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        output.WriteLine($"{allocated} octets were allocated in this process meanwhile");
        Assert.InRange(content.LongestRead, 1, 64 * 1024);
        Assert.InRange(allocated, 0, Size / 10);
    }

    private static async Task AskAsync(ListBench bench, TcpListener listener, FakeMessage message)
    {
        const string judgement = """{"action":"no action","score":1.5}""";
        var asking = bench.CheckAsync(message);
        using var client = await listener.AcceptSocketAsync();
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        int end;
        while ((end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            length += await ReceiveAsync(client, buffer.AsMemory(length));
        }

        for (long left = end + 4 + message.Content.Length - length; left > 0;)
        {
            left -= await ReceiveAsync(client, buffer);
        }

        await client.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {judgement.Length}\r\n\r\n{judgement}"));
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Effect.Score(1.5, "RSPAMD"), Assert.Single((await asking).Effects));
    }

    private static async ValueTask<int> ReceiveAsync(Socket client, Memory<byte> buffer)
    {
        int count = await client.ReceiveAsync(buffer);
        Assert.NotEqual(0, count);
        return count;
    }
}
