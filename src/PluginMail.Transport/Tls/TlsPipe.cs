using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace PluginMail.Transport;

/// <summary>TLS over a plain duplex pipe, as a duplex pipe.</summary>
internal sealed class TlsPipe : IDuplexPipe, IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);
    private readonly SslStream _stream;

    public TlsPipe(IDuplexPipe plain)
    {
        _stream = new SslStream(new PipeStream(plain.Input, plain.Output), leaveInnerStreamOpen: true);
        Input = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 16384, minimumReadSize: 4096, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(_stream, new StreamPipeWriterOptions(minimumBufferSize: 16384, leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public string Description => $"{_stream.SslProtocol} {_stream.NegotiatedCipherSuite}".Replace("Tls1", "TLS1.", StringComparison.Ordinal);

    public string Protocol => _stream.SslProtocol switch
    {
        SslProtocols.Tls13 => "TLSv1.3",
        SslProtocols.Tls12 => "TLSv1.2",
        var other => other.ToString(),
    };

    public string Cipher => _stream.NegotiatedCipherSuite.ToString();

    public Task AuthenticateAsync(SslServerAuthenticationOptions options, CancellationToken cancellationToken) =>
        _stream.AuthenticateAsServerAsync(options, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_stream.IsAuthenticated)
            {
                await Output.CompleteAsync();
                await _stream.ShutdownAsync().WaitAsync(CloseLimit); // close_notify (RFC 8446 section 6.1)
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException or OperationCanceledException)
        {
            // The client is gone; there is nobody to say goodbye to.
        }

        await Input.CompleteAsync();
        await _stream.DisposeAsync();
    }
}
