using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.SmtpClient;

/// <summary>Fetches policies over HTTPS (RFC 8461 section 3.3): no redirects, no proxy, 64 KiB and text/plain at most, half a minute.</summary>
/// <param name="http">A client of <see cref="CreateClient"/>.</param>
/// <param name="clock">The clock.</param>
internal sealed class StsPolicyFetcher(HttpMessageInvoker http, TimeProvider clock)
{
    private const int MaximumOctets = 64 << 10;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    /// <summary>Makes a client that looks names up with the server's own resolver and verifies certificates.</summary>
    /// <param name="dns">The resolver.</param>
    /// <param name="trustedRoots">Authorities to trust instead of the system's; null for the system's.</param>
    /// <param name="port">The port that is connected to in place of 443.</param>
    public static HttpMessageInvoker CreateClient(IDnsResolver dns, X509Certificate2Collection? trustedRoots = null, int? port = null)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 32,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
            ConnectCallback = (context, token) => ConnectAsync(dns, context.DnsEndPoint.Host, port ?? context.DnsEndPoint.Port, token),
        };
        if (trustedRoots is not null)
        {
            var chain = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, TrustMode = X509ChainTrustMode.CustomRootTrust };
            chain.CustomTrustStore.AddRange(trustedRoots);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = chain };
        }

        return new HttpMessageInvoker(handler);
    }

    /// <summary>Fetches a domain's policy.</summary>
    /// <returns>The policy, or what was wrong.</returns>
    public async ValueTask<(StsPolicy? Policy, TlsFailure? Failure)> FetchAsync(string domain, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://mta-sts.{domain}/.well-known/mta-sts.txt");
            using HttpResponseMessage response = await http.SendAsync(request, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return (null, Unfetched($"the server answers {(int)response.StatusCode}"));
            }

            if (response.Content.Headers.ContentType?.MediaType is not { } type || !type.Equals("text/plain", StringComparison.OrdinalIgnoreCase))
            {
                return (null, Unfetched("the policy is not text/plain"));
            }

            return await ReadAsync(response.Content, either.Token) is not { } text
                ? (null, Unfetched($"the policy is longer than {MaximumOctets} octets"))
                : StsPolicy.Parse(text) is { } policy
                    ? (policy, null)
                    : (null, new TlsFailure(TlsFailureKind.StsPolicyInvalid, "what was fetched is no policy"));
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            return (null, new TlsFailure(TlsFailureKind.StsWebPkiInvalid, $"the policy's server cannot be trusted: {e.InnerException?.Message ?? e.Message}"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            return (null, Unfetched(e.Message));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Unfetched("the policy's server does not answer in time"));
        }
    }

    private static TlsFailure Unfetched(string text) => new(TlsFailureKind.StsPolicyFetchError, text);

    private static async ValueTask<string?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        byte[] octets = new byte[MaximumOctets + 1];
        int length = await stream.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MaximumOctets ? null : Encoding.UTF8.GetString(octets, 0, length);
    }

    private static async ValueTask<Stream> ConnectAsync(IDnsResolver dns, string host, int port, CancellationToken cancellationToken)
    {
        DnsAnswer[] answers =
        [
            await dns.QueryAsync(host, DnsRecordType.AAAA, cancellationToken),
            await dns.QueryAsync(host, DnsRecordType.A, cancellationToken),
        ];
        Exception fault = new SocketException((int)SocketError.HostNotFound);
        foreach (string address in answers.SelectMany(static answer => answer.Records.Take(4)))
        {
            var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
            var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(endPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException)
                {
                    throw;
                }

                fault = e;
            }
        }

        throw new HttpRequestException(HttpRequestError.ConnectionError, $"{host}: {fault.Message}", fault);
    }
}
