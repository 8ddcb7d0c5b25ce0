using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace PluginMail.EndToEnd;

/// <summary>Octets to and from a server, a line or a number of octets at a time. Text is Latin-1, so that every octet survives.</summary>
internal sealed class Dialog : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TcpClient _client;
    private readonly byte[] _buffer = new byte[65536];
    private Stream _stream;
    private int _start;
    private int _end;

    private Dialog(TcpClient client, Stream stream)
    {
        _client = client;
        _stream = stream;
    }

    public static async Task<Dialog> ConnectAsync(int port, bool tls)
    {
        var client = new TcpClient { NoDelay = true };
        var dialog = new Dialog(client, await OpenAsync(client, port));
        if (tls)
        {
            await dialog.StartTlsAsync();
        }

        return dialog;
    }

    /// <summary>Speaks TLS from here on; the server's certificate is its own.</summary>
    public async Task StartTlsAsync()
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost").WaitAsync(Limit);
        _stream = tls;
    }

    public async Task WriteAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().WaitAsync(Limit);

    public Task WriteLineAsync(string line) => WriteAsync(line + "\r\n");

    /// <summary>Reads a line, without its end.</summary>
    /// <returns>The line; null where the server closed the connection.</returns>
    public async Task<string?> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            int end = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            int count = (end < 0 ? _end : end) - _start;
            line.Append(Encoding.Latin1.GetString(_buffer, _start, count));
            _start += end < 0 ? count : count + 1;
            if (end >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }

            if (!await FillAsync())
            {
                return line.Length > 0 ? line.ToString() : null;
            }
        }
    }

    /// <summary>Reads exactly so many octets.</summary>
    public async Task<string> ReadAsync(int count)
    {
        var text = new StringBuilder(count);
        while (text.Length < count)
        {
            if (_start == _end && !await FillAsync())
            {
                throw new IOException("the server closed the connection within a literal");
            }

            int part = Math.Min(count - text.Length, _end - _start);
            text.Append(Encoding.Latin1.GetString(_buffer, _start, part));
            _start += part;
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private static async Task<Stream> OpenAsync(TcpClient client, int port)
    {
        await client.ConnectAsync(System.Net.IPAddress.Loopback, port).WaitAsync(Limit);
        return client.GetStream();
    }

    private async Task<bool> FillAsync()
    {
        (_start, _end) = (0, await _stream.ReadAsync(_buffer).AsTask().WaitAsync(Limit));
        return _end > 0;
    }
}
