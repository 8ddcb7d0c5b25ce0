using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Connectors.Tests.Support;

/// <summary>Says one thing to everyone who connects, once something was asked; null says nothing and keeps the connection.</summary>
internal sealed class FixedAnswer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly StringBuilder _asked = new();
    private readonly Task _serving;

    public FixedAnswer(string? answer)
    {
        _listener.Start();
        Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        _serving = ServeAsync(answer);
    }

    public string Address { get; }

    /// <summary>What was asked, an octet a character.</summary>
    public string Asked
    {
        get
        {
            lock (_asked)
            {
                return _asked.ToString();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(string? answer)
    {
        while (true)
        {
            using var client = await _listener.AcceptSocketAsync(_stop.Token);
            try
            {
                await ReadAsync(client);
                if (answer is null)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }

                await client.SendAsync(Encoding.Latin1.GetBytes(answer!), _stop.Token);
                client.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // It went away: the next one.
            }
        }
    }

    /// <summary>Reads up to the message's end: its last line is a dot.</summary>
    private async Task ReadAsync(Socket client)
    {
        byte[] buffer = new byte[4096];
        int count;
        while ((count = await client.ReceiveAsync(buffer, _stop.Token)) > 0)
        {
            lock (_asked)
            {
                _asked.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }

            if (Asked.EndsWith("\r\n.\r\n", StringComparison.Ordinal))
            {
                return;
            }
        }
    }
}
