using System.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Pop3.Maildrops;

namespace PluginMail.Pop3.Tests;

public sealed class MaildropTests
{
    private readonly StoreInMemory _store = new();

    [Fact]
    public async Task What_others_remove_stays_readable_and_what_they_add_is_not_seen()
    {
        _store.Add("a\r\n"u8);
        var fixture = new Pop3Fixture(_store);
        Pop3Client first = fixture.Connect();
        await first.SignInAsync();
        Pop3Client second = fixture.Connect();
        await second.SignInAsync();
        await second.AskAsync("DELE 1");
        await second.AskAsync("QUIT");
        _store.Add("b\r\n"u8);

        Assert.Equal("+OK 20 octets", await first.AskAsync("RETR 1"));
        Assert.Equal("Return-Path: <>\r\na\r\n", Encoding.Latin1.GetString(await first.ReadMessageAsync()));
        Assert.Equal("+OK 1 20", await first.AskAsync("STAT"));
        await first.AskAsync("DELE 1");
        Assert.Equal("+OK goodbye, 0 messages removed", await first.AskAsync("QUIT"));
        Assert.Equal([2u], _store.Uids);
    }

    [Fact]
    public async Task Observers_are_told_of_what_quit_removed_and_a_removal_cut_short_is_said()
    {
        for (int i = 0; i < 1200; i++)
        {
            _store.Add("a\r\n"u8);
        }

        _store.RemovalsLeft = 1;
        var told = new RecordedEvents();
        Pop3Client client = new Pop3Fixture(_store, events: told).Connect();
        await client.SignInAsync();
        for (int i = 1; i <= 1200; i++)
        {
            await client.AskAsync($"DELE {i}");
        }

        Assert.Equal("-ERR [SYS/TEMP] the messages could not all be removed, 1000 were", await client.AskAsync("QUIT"));
        Assert.Equal(200, _store.Uids.Length);
        MailboxEvent change = Assert.Single(told.Events);
        Assert.Equal(MailboxChangeKind.Expunged, change.Kind);
        Assert.Equal("INBOX", change.Folder.Name);
        Assert.Equal(Enumerable.Range(1, 1000).Select(static uid => (uint)uid), change.Uids);
    }

    [Fact]
    public async Task Quit_counts_when_the_client_does_not_wait_for_the_reply()
    {
        _store.Add("a\r\n"u8);
        Pop3Client client = new Pop3Fixture(_store).Connect();
        await client.SignInAsync();
        await client.SendAsync("DELE 1\r\nQUIT\r\n");
        await client.HangUpAsync();
        Assert.Empty(_store.Uids);
    }

    [Fact]
    public async Task A_large_message_is_sent_in_pieces_and_octet_for_octet()
    {
        var random = new Random(1);
        byte[] message = new byte[4_000_000];
        random.NextBytes(message);
        for (int at = 0; at < message.Length - 3; at += random.Next(1, 200))
        {
            (message[at], message[at + 1], message[at + 2]) = ((byte)'\r', (byte)'\n', (byte)'.');
        }

        message.AsSpan().Replace((byte)'\n', (byte)' ');
        for (int at = 500; at < message.Length - 3; at += random.Next(4, 200))
        {
            "\r\n."u8.CopyTo(message.AsSpan(at));
        }

        "\r\n"u8.CopyTo(message.AsSpan(message.Length - 2));
        _store.Add(message);
        Pop3Client client = new Pop3Fixture(_store).Connect();
        await client.SignInAsync();
        Assert.Equal("+OK 4000017 octets", await client.AskAsync("RETR 1"));
        byte[] got = await client.ReadMessageAsync();
        Assert.True(got.AsSpan(17).SequenceEqual(message));
        Assert.InRange(_store.LargestRead, 1, 128 * 1024);
    }

    [Fact]
    public async Task Many_messages_are_listed()
    {
        for (int i = 0; i < 3000; i++)
        {
            _store.Add("a\r\n"u8);
        }

        Pop3Client client = new Pop3Fixture(_store).Connect();
        await client.SignInAsync();
        await client.AskAsync("LIST");
        byte[] list = await client.ReadMessageAsync();
        Assert.Equal(3000, list.AsSpan().Count((byte)'\n'));
    }

    /// <summary>However a content is cut into pieces, what is sent is the same, and as long as it was said to be.</summary>
    [Fact]
    public void Size_and_text_agree_for_any_content_in_any_pieces()
    {
        var random = new Random(7);
        for (int round = 0; round < 3000; round++)
        {
            byte[] octets = [.. Enumerable.Range(0, random.Next(40)).Select(_ => "\r\n.a"u8[random.Next(4)])];
            long added = WireSizes.Measure(new MemoryContent(octets), 0);
            string expected = Reference(octets);
            Assert.Equal(Unstuffed(expected).Length, octets.Length + added);

            var output = new System.Buffers.ArrayBufferWriter<byte>();
            var text = new WireText(output, hasBareLf: added != 0 || random.Next(2) == 0);
            for (int at = 0; at < octets.Length;)
            {
                int length = random.Next(1, octets.Length - at + 1);
                text.Write(octets.AsSpan(at, length));
                at += length;
            }

            text.End();
            Assert.Equal(expected, Encoding.Latin1.GetString(output.WrittenSpan));
        }
    }

    private static string Reference(byte[] octets)
    {
        var text = new StringBuilder();
        char last = '\n';
        foreach (char c in Encoding.Latin1.GetString(octets))
        {
            text.Append(c == '\n' && last != '\r' ? "\r" : c == '.' && last == '\n' ? "." : "").Append(c);
            last = c;
        }

        return last == '\n' ? text.ToString() : text.Append("\r\n").ToString();
    }

    private static string Unstuffed(string text) =>
        (text.StartsWith('.') ? text[1..] : text).Replace("\n.", "\n", StringComparison.Ordinal);
}
