using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.Connectors.Tests.Support;

/// <summary>Says one thing to everyone who connects, once something was asked; null says nothing and keeps the connection, an empty text closes it.</summary>
internal sealed class FixedAnswer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly StringBuilder _asked = new();
    private readonly Task _serving;

    public FixedAnswer(string? answer)
    {
        Answer = answer;
        _listener.Start();
        Address = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        _serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>What it says from now on.</summary>
    public string? Answer { get; set; }

    /// <summary>Whether it answers when the first octet has come, and closes without reading what follows.</summary>
    public bool IsHasty { get; init; }

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

    private async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptSocketAsync(_stop.Token);
            try
            {
                await ReadAsync(client);
                if (Answer is null)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                }

                await client.SendAsync(Encoding.Latin1.GetBytes(Answer!), _stop.Token);
                if (!IsHasty)
                {
                    client.Shutdown(SocketShutdown.Both);
                }
            }
            catch (SocketException)
            {
                // It went away: the next one.
            }
        }
    }

    /// <summary>Reads up to the message's end: its last line is a dot; clamd's last chunk has no octets.</summary>
    private async Task ReadAsync(Socket client)
    {
        byte[] buffer = new byte[IsHasty ? 1 : 4096];
        int count;
        while ((count = await client.ReceiveAsync(buffer, _stop.Token)) > 0)
        {
            lock (_asked)
            {
                _asked.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }

            if (IsHasty || Asked.TrimEnd('\0').EndsWith("\r\n.\r\n", StringComparison.Ordinal))
            {
                return;
            }
        }
    }
}
