using PluginMail.Testing;

namespace PluginMail.Pop3.Tests;

/// <summary>How long a client may take to sign in.</summary>
public sealed class SignInTimeTests
{
    private readonly FakeTime _clock = new();

    [Fact]
    public async Task All_lines_before_sign_in_have_one_time_together()
    {
        Pop3Client client = await ConnectAsync();
        await WaitAsync(client, TimeSpan.FromSeconds(90));
        Assert.StartsWith("+OK", await client.AskAsync("USER u"), StringComparison.Ordinal);
        await WaitAsync(client, TimeSpan.FromSeconds(31));
        Assert.Null(await client.ReadLineAsync());
    }

    [Fact]
    public async Task Afterwards_the_silence_counts()
    {
        Pop3Client client = await ConnectAsync();
        Assert.StartsWith("+OK", await client.AskAsync("USER u"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await client.AskAsync("PASS a secret"), StringComparison.Ordinal);
        await WaitAsync(client, TimeSpan.FromMinutes(9));
        Assert.StartsWith("+OK", await client.AskAsync("NOOP"), StringComparison.Ordinal);
        await WaitAsync(client, TimeSpan.FromMinutes(9));
        Assert.StartsWith("+OK", await client.AskAsync("NOOP"), StringComparison.Ordinal);
    }

    private async Task<Pop3Client> ConnectAsync()
    {
        Pop3Client client = new Pop3Fixture(new StoreInMemory(), clock: _clock).Connect();
        await client.ReadLineAsync();
        return client;
    }

    /// <summary>Lets time pass while the server waits for the client, and the listener look after it.</summary>
    private async Task WaitAsync(Pop3Client client, TimeSpan time)
    {
        while (!client.Connection.Reader.IsWaiting)
        {
            await Task.Yield();
        }

        _clock.Advance(time);
        client.Connection.Watch();
    }
}
