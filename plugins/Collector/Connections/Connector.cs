using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.Connections;

/// <summary>Connects to an account's server.</summary>
internal static class Connector
{
    /// <summary>Connects, with TLS from the start where the account says so.</summary>
    /// <param name="account">Where.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RemoteFault">There is no connection, or none that is safe enough.</exception>
    public static async ValueTask<Wire> ConnectAsync(AccountSettings account, TimeProvider clock, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var limit = new LinkedLimit(account.Patience, clock, cancellationToken);
            await socket.ConnectAsync(account.Host, account.Port, limit.Token);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new RemoteFault($"no connection: {e.SocketErrorCode}", e);
        }
        catch (OperationCanceledException e)
        {
            socket.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new RemoteFault("no connection in time", e);
        }

        var wire = new Wire(new NetworkStream(socket, ownsSocket: true), account.Patience, clock);
        try
        {
            if (account.Tls == TlsMode.Implicit)
            {
                await EncryptAsync(wire, account, cancellationToken);
            }

            return wire;
        }
        catch
        {
            await wire.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes on with TLS. The certificate must be the host's, unless the account does without.</summary>
    /// <exception cref="RemoteFault">It is not.</exception>
    public static async ValueTask EncryptAsync(Wire wire, AccountSettings account, CancellationToken cancellationToken)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = account.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (!account.ChecksCertificate)
        {
            // Only where it is needed: without one a failure says what is wrong with the certificate.
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors == SslPolicyErrors.None || !account.ChecksCertificate;
        }

        if (account is { ChecksCertificate: true, CertificateAuthorities.Length: > 0 })
        {
            options.CertificateChainPolicy = Trusting(account.CertificateAuthorities);
        }

        await wire.EncryptAsync(options, cancellationToken);
    }

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new RemoteFault($"certificate_authorities cannot be read: {e.GetType().Name}", e);
        }

        return policy;
    }
}
