using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using PluginMail.Clients;
using PluginMail.Daemons;

namespace PluginMail.Icap.Protocol;

/// <summary>One service: its options, its connections, and how many of those it bears.</summary>
internal sealed class IcapService(IcapAddress address, IcapOptions options, TimeProvider clock) : IDisposable
{
    private const int MostIdle = 4;

    private readonly ConcurrentStack<IcapConnection> _idle = new();
    private volatile Gate _gate = new(new SemaphoreSlim(options.Daemons.Connections), options.Daemons.Connections);
    private volatile Known? _known;
    private volatile bool _isClosed;

    /// <summary>Has an object scanned.</summary>
    /// <returns>What was found; unavailable is an error for this object: the service works.</returns>
    /// <exception cref="NotAskedException">The object cannot be read, or no connection was free for half of the time.</exception>
    /// <exception cref="NoAnswerException">The connection ended before there was an answer.</exception>
    /// <exception cref="IOException">The service cannot be reached, breaks off, or answers what the protocol does not know.</exception>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    public async Task<ScanResult> ScanAsync(IcapObject scanned, CancellationToken cancellationToken)
    {
        var gate = _gate;
        if (!await TakeTurnAsync(gate, cancellationToken))
        {
            throw new NotAskedException($"all {gate.Count} connections that it bears are busy");
        }

        try
        {
            return await ScanInTurnAsync(scanned, cancellationToken);
        }
        catch (IcapSourceException e)
        {
            throw new NotAskedException(e.Message, e);
        }
        finally
        {
            gate.Turns.Release();
        }
    }

    /// <summary>Asks what it is.</summary>
    /// <returns>Its name and its methods; printable ASCII.</returns>
    /// <exception cref="IOException">The service cannot be reached, breaks off, or does not say.</exception>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    public async Task<string> DescribeAsync(CancellationToken cancellationToken)
    {
        using var connection = await ConnectAsync(cancellationToken);
        var response = await connection.OptionsAsync(address, cancellationToken);
        string name = response["Service"] ?? "a service without a name";
        return response.Status is 200 or 204
            ? Printable.Of($"{name} ({response["Methods"]})")
            : throw new IcapFaultException($"it answered {response.Status} to OPTIONS");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryPop(out var idle))
        {
            idle.Dispose();
        }
    }

    private async ValueTask<bool> TakeTurnAsync(Gate gate, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Daemons.Timeout / 2, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await gate.Turns.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<ScanResult> ScanInTurnAsync(IcapObject scanned, CancellationToken cancellationToken)
    {
        while (true)
        {
            var connection = await RentAsync(cancellationToken);
            bool isKept = false;
            try
            {
                var service = await ServiceOptionsAsync(connection, cancellationToken);
                if (!service.KeepsConnection)
                {
                    continue; // OPTIONS was the last it answered
                }

                var (response, sentHash) = await connection.ScanAsync(address, options.Mode, service.Options, scanned, cancellationToken);
                isKept = response.KeepsConnection;
                if (response["ISTag"] is { } tag && service.Options.Tag is { } known && tag != known)
                {
                    _known = null;
                }

                return IcapFinding.Read(response, sentHash, options.Preset);
            }
            catch (IOException) when (connection.IsStale)
            {
                // It was closed while it waited; a fresh one will show whether the service works.
            }
            finally
            {
                Return(connection, isKept);
            }
        }
    }

    /// <summary>The options, asked anew when they have run out.</summary>
    private async ValueTask<(IcapServiceOptions Options, bool KeepsConnection)> ServiceOptionsAsync(IcapConnection connection, CancellationToken cancellationToken)
    {
        if (_known is { } known && clock.GetElapsedTime(known.At) < known.Options.Lifetime)
        {
            return (known.Options, true);
        }

        var response = await connection.OptionsAsync(address, cancellationToken);
        var read = response.Status switch
        {
            200 or 204 => IcapServiceOptions.Read(response),
            405 or 501 => IcapServiceOptions.Unknown,
            _ => throw new IcapFaultException($"it answered {response.Status} to OPTIONS"),
        };
        _known = new Known(read, clock.GetTimestamp());
        int connections = Math.Min(read.Connections ?? int.MaxValue, options.Daemons.Connections);
        if (connections != _gate.Count)
        {
            _gate = new Gate(new SemaphoreSlim(connections), connections); // those under way leave by the old one
        }

        return (read, response.KeepsConnection);
    }

    private async ValueTask<IcapConnection> RentAsync(CancellationToken cancellationToken)
    {
        while (_idle.TryPop(out var idle))
        {
            if (idle.IsQuiet)
            {
                return idle;
            }

            idle.Dispose();
        }

        return await ConnectAsync(cancellationToken);
    }

    private async ValueTask<IcapConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = await address.Daemon.ConnectAsync(options.Daemons.ConnectTimeout, clock, cancellationToken);
        if (!address.IsEncrypted)
        {
            return new IcapConnection(socket, new NetworkStream(socket, ownsSocket: true));
        }

        var encrypted = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await EncryptAsync(encrypted, cancellationToken);
            return new IcapConnection(socket, encrypted);
        }
        catch
        {
            await encrypted.DisposeAsync();
            throw;
        }
    }

    private async ValueTask EncryptAsync(SslStream stream, CancellationToken cancellationToken)
    {
        var client = new SslClientAuthenticationOptions
        {
            TargetHost = address.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None || !options.ChecksCertificate,
        };
        if (options.CertificateAuthorities is { } authorities)
        {
            client.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            client.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        using var late = new CancellationTokenSource(options.Daemons.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await stream.AuthenticateAsClientAsync(client, either.Token);
        }
        catch (AuthenticationException e)
        {
            throw new IcapFaultException($"no TLS: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IcapFaultException("no TLS in time");
        }
    }

    private void Return(IcapConnection connection, bool isKept)
    {
        if (isKept && !_isClosed && _idle.Count < MostIdle)
        {
            _idle.Push(connection);
        }
        else
        {
            connection.Dispose();
        }
    }

    private sealed record Known(IcapServiceOptions Options, long At);

    private sealed record Gate(SemaphoreSlim Turns, int Count);
}
