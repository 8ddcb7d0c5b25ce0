using System.IO.Pipelines;
using System.Net;
using System.Security.Authentication;

namespace PluginMail.Transport;

/// <summary>A client's connection, plain or encrypted: where its octets come in and go out, who is at the other end, and how long it may be silent.</summary>
/// <remarks>Used by one session. <see cref="Input"/> and <see cref="Output"/> change when TLS starts: do not keep them.</remarks>
public sealed class MailConnection : IAsyncDisposable
{
    private readonly IDuplexPipe _plain;
    private readonly ServerCertificate? _certificate;
    private readonly Action _abort;
    private readonly TimeProvider _clock;
    private TlsPipe? _tls;
    private long _deadline = long.MaxValue;
    private long _writeDeadline = long.MaxValue; // of its own: IMAP's IDLE writes while it reads
    private volatile bool _stopping;

    /// <summary>Makes a connection of a transport's ends.</summary>
    /// <param name="id">Its id in log and trace.</param>
    /// <param name="transport">Its plain octets.</param>
    /// <param name="remote">The client; null where it has no address (tests).</param>
    /// <param name="local">The address it connected to.</param>
    /// <param name="certificate">What TLS is served with; null where TLS is not offered.</param>
    /// <param name="clock">Measures silence.</param>
    /// <param name="abort">Cuts the connection at once.</param>
    public MailConnection(
        string id, IDuplexPipe transport, IPEndPoint? remote, IPEndPoint? local, ServerCertificate? certificate, TimeProvider clock, Action abort)
    {
        Id = id;
        _plain = transport;
        _certificate = certificate;
        _clock = clock;
        _abort = abort;
        Remote = remote;
        Local = local;
        Reader = new ProtocolReader(this);
    }

    /// <summary>Its id in log and trace.</summary>
    public string Id { get; }

    /// <summary>The client.</summary>
    public IPEndPoint? Remote { get; }

    /// <summary>The address the client connected to.</summary>
    public IPEndPoint? Local { get; }

    /// <summary>Whether TLS is in force.</summary>
    public bool IsEncrypted => _tls is not null;

    /// <summary>Whether TLS can be started.</summary>
    public bool CanStartTls => _certificate is not null && _tls is null;

    /// <summary>The TLS version and cipher suite for trace fields (RFC 8314 section 4.3), as <c>TLS1.3 TLS_AES_256_GCM_SHA384</c>; null without TLS.</summary>
    public string? TlsDescription => _tls?.Description;

    /// <summary>The TLS version alone, as <c>TLSv1.3</c>; null without TLS.</summary>
    public string? TlsProtocol => _tls?.Protocol;

    /// <summary>The cipher suite alone, by its registered name; null without TLS.</summary>
    public string? TlsCipher => _tls?.Cipher;

    /// <summary>The octets of the tls-server-end-point channel binding (RFC 5929 section 4); null without TLS.</summary>
    public byte[]? ServerEndPointBinding => _tls is null ? null : _certificate!.EndPointBinding;

    /// <summary>Where the client's octets come in.</summary>
    public PipeReader Input => _tls?.Input ?? _plain.Input;

    /// <summary>Where the server's octets go out. Nothing is sent before <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output => _tls?.Output ?? _plain.Output;

    /// <summary>Reads lines and blocks from <see cref="Input"/>.</summary>
    public ProtocolReader Reader { get; }

    /// <summary>Whether the server is stopping, or the login is revoked: a session that waits for a command is to say goodbye.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Whose login the session has; set by the protocol, null before.</summary>
    public string? Account { get; set; }

    /// <summary>Whether the session is to end because of its login, rather than because the server stops.</summary>
    public bool IsLoginRevoked { get; private set; }

    /// <summary>Whether the time that was given for a read is over.</summary>
    public bool IsOverdue => _clock.GetTimestamp() > Volatile.Read(ref _deadline);

    /// <summary>Sends what was written to <see cref="Output"/>.</summary>
    /// <param name="timeout">How long the client may take to make room for it; afterwards the connection is cut.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>False where the client takes no more.</returns>
    public async ValueTask<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        ValueTask<FlushResult> flush = Output.FlushAsync(cancellationToken);
        if (flush.IsCompletedSuccessfully)
        {
            return !(await flush).IsCompleted;
        }

        Volatile.Write(ref _writeDeadline, After(timeout));
        try
        {
            FlushResult result = await flush;
            return !result.IsCompleted && !result.IsCanceled;
        }
        catch (IOException)
        {
            return false; // TLS says it this way
        }
        finally
        {
            Volatile.Write(ref _writeDeadline, long.MaxValue);
        }
    }

    /// <summary>Starts TLS after the protocol's own command was answered and flushed.</summary>
    /// <param name="timeout">How long the handshake may take.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>False where the handshake failed, or octets came with the command (they would be read as if encrypted): the connection must be closed.</returns>
    /// <exception cref="InvalidOperationException">TLS is not offered or in force.</exception>
    public async ValueTask<bool> StartTlsAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!CanStartTls)
        {
            throw new InvalidOperationException("TLS is not offered or in force already");
        }

        // Only what was read with the command: what came since may be the handshake already, and if it is not, that fails.
        if (Reader.HoldsOctets)
        {
            return false;
        }

        Reader.Release();
        return await EncryptAsync(timeout, cancellationToken);
    }

    /// <summary>Starts TLS from the first octet (RFC 8314 section 3).</summary>
    /// <param name="timeout">How long the handshake may take.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>False where the handshake failed.</returns>
    internal async ValueTask<bool> EncryptAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, _clock);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var tls = new TlsPipe(_plain);
        try
        {
            await tls.AuthenticateAsync(_certificate!.Options, limited.Token);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            await tls.DisposeAsync();
            return false;
        }

        _tls = tls;
        return true;
    }

    /// <summary>Cuts the connection at once.</summary>
    public void Abort() => _abort();

    /// <summary>Ends TLS, if it is in force. The plain transport stays its owner's to close.</summary>
    /// <returns>Completes when the end was sent or could not be.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }
    }

    /// <summary>Sets until when a pending read may take.</summary>
    /// <param name="timeout">From now.</param>
    /// <returns>What was set before, to be put back with <see cref="RestoreDeadline"/>.</returns>
    internal long SetDeadline(TimeSpan timeout)
    {
        long before = Volatile.Read(ref _deadline);
        Volatile.Write(ref _deadline, After(timeout));
        return before;
    }

    /// <summary>Puts an earlier deadline back.</summary>
    /// <param name="deadline">What <see cref="SetDeadline"/> gave.</param>
    internal void RestoreDeadline(long deadline) => Volatile.Write(ref _deadline, deadline);

    /// <summary>Looks after the time: a pending read that is overdue ends, a pending write that is overdue cuts the connection.</summary>
    internal void Watch()
    {
        if (_clock.GetTimestamp() > Volatile.Read(ref _writeDeadline))
        {
            Abort();
        }
        else if (IsOverdue)
        {
            if (Reader.IsWaiting)
            {
                Input.CancelPendingRead();
            }
            else
            {
                Abort();
            }
        }
        else if (_stopping && Reader.IsWaiting)
        {
            Input.CancelPendingRead(); // it began to wait while the stop was announced
        }
    }

    /// <summary>Says that the login does not count any more: the session says goodbye as soon as it waits for a command.</summary>
    internal void RevokeLogin()
    {
        IsLoginRevoked = true;
        AnnounceStop();
    }

    /// <summary>Says that the server is stopping, and wakes a session that waits for a command.</summary>
    internal void AnnounceStop()
    {
        _stopping = true;
        if (Reader.IsWaiting)
        {
            Input.CancelPendingRead();
        }
    }

    private long After(TimeSpan timeout) => _clock.GetTimestamp() + (long)(timeout.TotalSeconds * _clock.TimestampFrequency);
}
