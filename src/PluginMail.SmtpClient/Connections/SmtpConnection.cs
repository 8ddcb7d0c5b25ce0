using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>A connection to a host: commands out, replies in, each with a time limit. Used by one caller at a time.</summary>
/// <remarks>What goes wrong is a value: a read gives null, a write false, and <see cref="Failure"/> says why; the connection is of no use then.</remarks>
internal sealed class SmtpConnection : IAsyncDisposable
{
    /// <summary>Octets that are held back to go out together.</summary>
    public const int OutputSize = 64 * 1024;

    private readonly Socket _socket;
    private readonly ITimer _timer;
    private readonly ReplyReader _replies = new();
    private Stream _stream;
    private byte[] _input = ArrayPool<byte>.Shared.Rent(ReplyReader.MaximumLine * 2);
    private byte[]? _output;
    private int _inputStart;
    private int _inputEnd;
    private int _outputEnd;
    private volatile bool _isOverdue;

    /// <summary>Wraps a connected socket.</summary>
    /// <param name="socket">Is owned from now on.</param>
    /// <param name="name">The host with its address and port.</param>
    /// <param name="clock">Measures silence.</param>
    public SmtpConnection(Socket socket, string name, TimeProvider clock)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _timer = clock.CreateTimer(static state => ((SmtpConnection)state!).EndWait(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Name = name;
        (LocalAddress, RemoteAddress) = Addresses(socket);
    }

    /// <summary>The host as <c>mx.example.org[192.0.2.1]:25</c>.</summary>
    public string Name { get; }

    /// <summary>What the host offers; after STARTTLS what it offered then.</summary>
    public PeerCapabilities Capabilities { get; set; } = PeerCapabilities.None;

    /// <summary>Whether each recipient has a reply of its own after the message (RFC 2033).</summary>
    public bool IsLmtp { get; init; }

    /// <summary>How the connection is protected; null where it is not.</summary>
    public string? Tls { get; private set; }

    /// <summary>Whether the certificate was accepted by a check.</summary>
    public bool IsVerified { get; private set; }

    /// <summary>The host's certificate; null without TLS.</summary>
    public X509Certificate? Certificate => (_stream as SslStream)?.RemoteCertificate;

    /// <summary>Why the connection is of no use any more, as words that follow the host's name; null where it is.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether it must not be kept: the host said goodbye, or replies are out of step.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Whether it served before, so that its host may have closed it meanwhile.</summary>
    public bool IsReused { get; private set; }

    /// <summary>Messages sent over it.</summary>
    public int Messages { get; private set; }

    /// <summary>Whether the last transaction may still be open, so that RSET must come first.</summary>
    public bool NeedsReset { get; set; }

    /// <summary>When it was last used, as a timestamp of the clock.</summary>
    public long LastUsed { get; set; }

    /// <summary>Our address; null where it has none.</summary>
    public IPAddress? LocalAddress { get; }

    /// <summary>The host's address; null where it has none.</summary>
    public IPAddress? RemoteAddress { get; }

    /// <summary>Whether the host said something unasked, or closed: a connection in rest is of no use then.</summary>
    public bool HasUnexpectedInput
    {
        get
        {
            try
            {
                return _inputStart < _inputEnd || _socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Room for octets of the message; say with <see cref="Advance"/> how much was used, and send with <see cref="FlushAsync"/> when it gets tight.</summary>
    public Span<byte> Free => (_output ??= ArrayPool<byte>.Shared.Rent(OutputSize)).AsSpan(_outputEnd, OutputSize - _outputEnd);

    /// <summary>Counts octets written to <see cref="Free"/>.</summary>
    public void Advance(int count) => _outputEnd += count;

    /// <summary>Holds octets back for the next <see cref="FlushAsync"/>. The caller sees to it that they fit.</summary>
    public void Write(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(Free);
        _outputEnd += octets.Length;
    }

    /// <summary>Holds text back for the next <see cref="FlushAsync"/>, as UTF-8.</summary>
    public void Write(string text) => _outputEnd += Encoding.UTF8.GetBytes(text, Free);

    /// <summary>Sends what was held back.</summary>
    /// <param name="timeout">How long the host may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where it did not go; a reply may lie there all the same.</returns>
    public async ValueTask<bool> FlushAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_outputEnd == 0)
        {
            return Failure is null;
        }

        try
        {
            StartWait(timeout);
            await _stream.WriteAsync(_output.AsMemory(0, _outputEnd), cancellationToken);
            return true;
        }
        catch (Exception e) when (IsBroken(e))
        {
            Fail(e, "took nothing more");
            return false;
        }
        finally
        {
            StopWait();
            _outputEnd = 0;
        }
    }

    /// <summary>Sends one command and reads its reply.</summary>
    /// <param name="command">The line with its end.</param>
    /// <param name="timeout">For the reply.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where none came.</returns>
    public async ValueTask<SmtpReply?> AskAsync(string command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Write(command);
        await FlushAsync(timeout, cancellationToken); // where it fails, the reply may say why
        return await ReadReplyAsync(timeout, cancellationToken);
    }

    /// <summary>Reads the next reply.</summary>
    /// <param name="timeout">How long the host may take for all of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where none came.</returns>
    public ValueTask<SmtpReply?> ReadReplyAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        TryTakeReply(out SmtpReply? reply) ? new ValueTask<SmtpReply?>(reply) : WaitForReplyAsync(timeout, cancellationToken);

    /// <summary>Starts TLS.</summary>
    /// <param name="handshake">Our side of it.</param>
    /// <param name="timeout">For the handshake.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where it failed.</returns>
    public async ValueTask<bool> StartTlsAsync(ClientHandshake handshake, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_inputStart < _inputEnd)
        {
            Failure = "sent plain text behind its reply to STARTTLS"; // CVE-2011-0411
            return false;
        }

        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        try
        {
            StartWait(timeout);
            await tls.AuthenticateAsClientAsync(handshake.Options, cancellationToken);
        }
        catch (Exception e) when (IsBroken(e) || e is AuthenticationException)
        {
            Fail(e, "broke off the TLS handshake");
            return false;
        }
        finally
        {
            StopWait();
        }

        IsVerified = handshake.IsVerified;
        Tls = $"{handshake.NameOf(tls.SslProtocol)} {handshake.Description}";
        return true;
    }

    /// <summary>Counts a message that was sent.</summary>
    public void CountMessage()
    {
        Messages++;
        IsReused = true;
    }

    /// <summary>Sees to it that the connection is not kept.</summary>
    public void Retire() => IsRetired = true;

    /// <summary>Gives back what a connection in rest does not need.</summary>
    public void Rest()
    {
        IsReused = true;
        if (_output is { } output)
        {
            _output = null;
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    /// <summary>Says QUIT where the host still listens, without waiting for its reply, and closes.</summary>
    public async ValueTask QuitAsync(TimeSpan timeout)
    {
        if (Failure is null)
        {
            _outputEnd = 0;
            Write("QUIT\r\n"u8);
            await FlushAsync(timeout, CancellationToken.None);
        }

        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Failure ??= "was closed";
        Rest();
        await _timer.DisposeAsync();
        await _stream.DisposeAsync();
        byte[] input = _input;
        _input = [];
        if (input.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(input);
        }
    }

    private async ValueTask<SmtpReply?> WaitForReplyAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            StartWait(timeout);
            while (Failure is null or "took nothing more")
            {
                Compact();
                int count = await _stream.ReadAsync(_input.AsMemory(_inputEnd), cancellationToken);
                if (count == 0)
                {
                    Failure ??= "closed the connection";
                    return null;
                }

                _inputEnd += count;
                if (TryTakeReply(out SmtpReply? reply))
                {
                    return reply;
                }
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            Fail(e, "closed the connection");
        }
        finally
        {
            StopWait();
        }

        return null;
    }

    private bool TryTakeReply(out SmtpReply? reply)
    {
        reply = null;
        switch (_replies.Read(_input.AsSpan(_inputStart, _inputEnd - _inputStart), out int used))
        {
            case ReplyStatus.Complete:
                _inputStart += used;
                reply = _replies.Take();
                return true;
            case ReplyStatus.Malformed:
                Failure = "sent what is no SMTP reply";
                _inputStart = _inputEnd;
                return false;
            default:
                _inputStart += used;
                return false;
        }
    }

    private void Compact()
    {
        if (_inputStart > 0)
        {
            _input.AsSpan(_inputStart, _inputEnd - _inputStart).CopyTo(_input);
            _inputEnd -= _inputStart;
            _inputStart = 0;
        }
    }

    private void StartWait(TimeSpan timeout) => _timer.Change(timeout, Timeout.InfiniteTimeSpan);

    private void StopWait() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    // Closing the socket ends what waits for it, in TLS too.
    private void EndWait()
    {
        _isOverdue = true;
        _socket.Dispose();
    }

    private void Fail(Exception fault, string otherwise)
    {
        if (Failure is null or "took nothing more")
        {
            Failure = _isOverdue ? "did not answer in time"
                : fault is OperationCanceledException ? "was given up"
                : fault is AuthenticationException ? $"failed in the TLS handshake ({fault.Message.ReplaceLineEndings(" ")})"
                : otherwise;
        }
    }

    private static (IPAddress? Local, IPAddress? Remote) Addresses(Socket socket)
    {
        try
        {
            return ((socket.LocalEndPoint as IPEndPoint)?.Address, (socket.RemoteEndPoint as IPEndPoint)?.Address);
        }
        catch (SocketException)
        {
            return default; // gone already; the first read will tell
        }
    }

    private static bool IsBroken(Exception fault) =>
        fault is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;
}
