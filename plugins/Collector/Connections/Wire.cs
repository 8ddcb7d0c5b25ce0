using System.Net.Security;
using System.Text;

namespace PluginMail.Collector.Connections;

/// <summary>
/// One connection: lines and octets in, commands out. What is read is bounded by the caller, and each wait by a time limit. Not for several
/// readers at once.
/// </summary>
/// <param name="stream">The connection.</param>
/// <param name="patience">How long one wait for octets may last.</param>
/// <param name="clock">The clock.</param>
internal sealed class Wire(Stream stream, TimeSpan patience, TimeProvider clock) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private Stream _stream = stream;
    private int _start;
    private int _end;

    /// <summary>Whether TLS protects what is said.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>Whether the line read last ended with LF alone.</summary>
    public bool LastEndWasBare { get; private set; }

    /// <summary>What has arrived and is not read yet.</summary>
    public ReadOnlySpan<byte> Arrived => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Takes octets of <see cref="Arrived"/> as read.</summary>
    public void Advance(int count) => _start += count;

    /// <summary>Goes on with TLS.</summary>
    /// <param name="options">What is asked of the other side.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RemoteFault">There is no TLS that is good enough; or the other side said something before it began, which nobody vouches for.</exception>
    public async ValueTask EncryptAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        if (_end > _start)
        {
            throw new RemoteFault("the server, or somebody on the way, spoke between STARTTLS and TLS");
        }

        var secured = new SslStream(_stream);
        _stream = secured;
        try
        {
            using var limit = Limit(cancellationToken);
            await secured.AuthenticateAsClientAsync(options, limit.Token);
            IsEncrypted = true;
        }
        catch (Exception e) when (e is System.Security.Authentication.AuthenticationException or IOException)
        {
            throw new RemoteFault($"no TLS: {RemoteFault.Quote(e.Message)}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteFault("no TLS in time", e);
        }
    }

    /// <summary>Waits until more octets have arrived.</summary>
    /// <exception cref="RemoteFault">The connection ended, or nothing came in time.</exception>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        int count;
        try
        {
            using var limit = Limit(cancellationToken);
            count = await _stream.ReadAsync(_buffer.AsMemory(_end), limit.Token);
        }
        catch (IOException e)
        {
            throw new RemoteFault("the connection broke", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteFault("the server does not answer", e);
        }

        if (count == 0)
        {
            throw new RemoteFault("the server closed the connection");
        }

        _end += count;
    }

    /// <summary>Reads a line of Latin-1 without its end.</summary>
    /// <param name="most">The most octets, at most the buffer's 64 KiB.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RemoteFault">It is longer, or the connection ended.</exception>
    public async ValueTask<string> ReadLineAsync(int most, CancellationToken cancellationToken)
    {
        for (int seen = 0; ;)
        {
            int at = Arrived[seen..].IndexOf((byte)'\n');
            if (at >= 0 && seen + at <= most)
            {
                int length = seen + at;
                LastEndWasBare = length == 0 || Arrived[length - 1] != '\r';
                string line = Encoding.Latin1.GetString(Arrived[..(LastEndWasBare ? length : length - 1)]);
                Advance(length + 1);
                return line;
            }

            seen = Arrived.Length;
            if (at >= 0 || seen >= Math.Min(most, _buffer.Length))
            {
                throw new RemoteFault("the server sent a line without end");
            }

            await FillAsync(cancellationToken);
        }
    }

    /// <summary>Sends a command or several.</summary>
    /// <param name="text">Latin-1, line ends included.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RemoteFault">The connection ended, or takes nothing.</exception>
    public ValueTask SendAsync(string text, CancellationToken cancellationToken) => SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    /// <inheritdoc cref="SendAsync(string, CancellationToken)"/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = Limit(cancellationToken);
            await _stream.WriteAsync(octets, limit.Token);
            await _stream.FlushAsync(limit.Token);
        }
        catch (IOException e)
        {
            throw new RemoteFault("the connection broke", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteFault("the server takes no commands", e);
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private LinkedLimit Limit(CancellationToken cancellationToken) => new(patience, clock, cancellationToken);
}
