using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Daemons;

namespace PluginMail.Rspamd;

/// <summary>HTTP to Rspamd's workers, over TCP or a Unix socket; one request a connection, as Rspamd closes them.</summary>
internal sealed class RspamdHttp : IDisposable
{
    /// <summary>Octets of the longest reply that is read: Rspamd lists each host that a message links to.</summary>
    private const int LongestReply = 16 * 1024 * 1024;

    private static readonly HttpRequestOptionsKey<DaemonAddress> Target = new("daemon");
    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="options">How long connecting may take.</param>
    /// <param name="clock">Measures it.</param>
    public RspamdHttp(DaemonOptions options, TimeProvider clock)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = async (context, token) =>
            {
                context.InitialRequestMessage.Options.TryGetValue(Target, out var address);
                var socket = await address!.ConnectAsync(options.ConnectTimeout, clock, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
            MaxResponseHeadersLength = 32,
            PooledConnectionLifetime = TimeSpan.Zero,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            UseCookies = false,
            UseProxy = false,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends a message, or asks without one.</summary>
    /// <param name="address">The worker.</param>
    /// <param name="path">The command, as <c>checkv2</c>.</param>
    /// <param name="fields">Header fields; those with empty values are left out.</param>
    /// <param name="content">The message; null asks with GET.</param>
    /// <param name="cancellationToken">The time limit.</param>
    /// <returns>The reply; declined where it is too long, which is the message's doing.</returns>
    /// <exception cref="HttpRequestException">There was no reply.</exception>
    /// <exception cref="NoAnswerException">The connection ended before there was one.</exception>
    /// <exception cref="NotAskedException">The message cannot be read.</exception>
    public async ValueTask<Answer<HttpReply>> AskAsync(
        DaemonAddress address,
        string path,
        IEnumerable<(string Name, string Value)> fields,
        MessageContent? content,
        CancellationToken cancellationToken)
    {
        // The connection goes where the option says; the URI's host is only what stands in Host.
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, $"http://localhost/{path}");
        request.Options.Set(Target, address);
        request.Headers.ConnectionClose = true;
        foreach (var (name, value) in fields)
        {
            if (Clean(value) is { Length: > 0 } clean)
            {
                request.Headers.TryAddWithoutValidation(name, clean);
            }
        }

        request.Content = content is null ? null : new MessageBody(content);
        try
        {
            using var response = await SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(LongestReply, cancellationToken);
            return Answer<HttpReply>.Of(new HttpReply(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken)));
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return Answer<HttpReply>.Declined("its reply is too long");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ResponseEnded
            || (e.HttpRequestError == HttpRequestError.Unknown && e.GetBaseException() is SocketException)) // one that could not connect says so
        {
            throw new NoAnswerException(e.GetBaseException());
        }
    }

    /// <summary>A client's words as a field's value: nothing in them ends the field.</summary>
    private static string Clean(string value) =>
        value.Any(char.IsControl) ? string.Concat(value.Select(static c => char.IsControl(c) ? ' ' : c)).Trim() : value;
}

/// <summary>A reply.</summary>
/// <param name="Status">Its status code (RFC 9110 section 15).</param>
/// <param name="Body">Its octets.</param>
internal sealed record HttpReply(HttpStatusCode Status, ReadOnlyMemory<byte> Body);
