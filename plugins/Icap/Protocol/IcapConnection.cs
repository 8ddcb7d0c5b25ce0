using System.Buffers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Icap.Protocol;

/// <summary>A connection to a service, for one request at a time.</summary>
/// <param name="socket">The connection, which is asked only whether something has come.</param>
/// <param name="stream">The same, with or without TLS; it owns the socket.</param>
internal sealed class IcapConnection(Socket socket, Stream stream) : IDisposable
{
    private const int ChunkLength = 32 * 1024;
    private const long ExtraBody = 1024 * 1024; // that a page in place of a small object may have

    private readonly IcapReader _reader = new(stream);

    /// <summary>Whether it served a request before.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Whether it failed before a word of the answer: the service may just have closed it while it was idle.</summary>
    public bool IsStale => IsUsed && !_reader.HasRead;

    /// <summary>Whether nothing came while it was idle, nor its end.</summary>
    public bool IsQuiet
    {
        get
        {
            try
            {
                return _reader.IsEmpty && !socket.Poll(0, SelectMode.SelectRead);
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    /// <summary>Asks what a service is (RFC 3507 section 4.10).</summary>
    public async Task<IcapResponse> OptionsAsync(IcapAddress address, CancellationToken cancellationToken)
    {
        _reader.HasRead = false;
        await SendAsync(IcapRequest.Options(address), cancellationToken);
        var response = await _reader.ReadAsync(ExtraBody, cancellationToken);
        IsUsed = true;
        return response;
    }

    /// <summary>Sends an object, first its preview where the service wants one, and reads what the service says.</summary>
    /// <returns>The answer and the hash of what was sent.</returns>
    /// <exception cref="IcapFaultException">The answer is none.</exception>
    /// <exception cref="IcapSourceException">The object cannot be read.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<(IcapResponse Response, byte[] SentHash)> ScanAsync(
        IcapAddress address, IcapMode mode, IcapServiceOptions service, IcapObject scanned, CancellationToken cancellationToken)
    {
        _reader.HasRead = false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var content = Open(scanned);
        int? preview = service.PreviewOf(scanned.Name);
        await SendAsync(IcapRequest.Modify(address, mode, service.Allows204, preview, scanned), cancellationToken);
        byte? beyondPreview = null;
        if (preview is { } length)
        {
            beyondPreview = await SendPreviewAsync(content, length, hash, cancellationToken);
            var first = await _reader.ReadAsync((scanned.Length ?? long.MaxValue / 2) + ExtraBody, cancellationToken);
            if (first.Status != 100 || beyondPreview is null)
            {
                IsUsed = true;
                return (Final(first), hash.GetHashAndReset());
            }
        }

        var response = await SendRestAsync(beyondPreview, content, scanned, hash, cancellationToken);
        IsUsed = true;
        return (Final(response), hash.GetHashAndReset());
    }

    public void Dispose() => stream.Dispose();

    /// <summary>An answer that is the last of its request: after another one its own would still come, and be taken for the next request's.</summary>
    private static IcapResponse Final(IcapResponse response) =>
        response.Status < 200 ? throw new IcapFaultException($"it answered {response.Status} where nothing more is to be sent") : response;

    private static Stream Open(IcapObject scanned)
    {
        try
        {
            return scanned.Open();
        }
        catch (IOException e)
        {
            throw new IcapSourceException(e);
        }
    }

    /// <returns>The octet that shows that the preview is not all; null where it is the whole object.</returns>
    private async ValueTask<byte?> SendPreviewAsync(Stream content, int length, IncrementalHash hash, CancellationToken cancellationToken)
    {
        byte[] preview = ArrayPool<byte>.Shared.Rent(length + 1);
        try
        {
            int count = await ReadAsync(content, preview.AsMemory(0, length + 1), cancellationToken);
            bool isWhole = count <= length;
            int sent = Math.Min(count, length);
            hash.AppendData(preview.AsSpan(0, sent));
            await SendChunkAsync(preview.AsMemory(0, sent), cancellationToken);
            await SendAsync(isWhole ? "0; ieof\r\n\r\n"u8.ToArray() : "0\r\n\r\n"u8.ToArray(), cancellationToken);
            return isWhole ? null : preview[length];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(preview);
        }
    }

    /// <summary>Sends the rest while the answer is read: a service may begin to answer before it has all.</summary>
    private async Task<IcapResponse> SendRestAsync(
        byte? beyondPreview, Stream content, IcapObject scanned, IncrementalHash hash, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answer = _reader.ReadAsync((scanned.Length ?? long.MaxValue / 2) + ExtraBody, ended.Token);
        try
        {
            bool isSent = await SendChunksAsync(beyondPreview, content, hash, answer, cancellationToken);
            var response = await answer;
            return isSent ? response : response with { KeepsConnection = false };
        }
        finally
        {
            await ended.CancelAsync();
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False where the answer was there before all was sent, or no more is taken: it may have said no before it had all.</returns>
    private async ValueTask<bool> SendChunksAsync(
        byte? beyondPreview, Stream content, IncrementalHash hash, Task answer, CancellationToken cancellationToken)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            int kept = 0;
            if (beyondPreview is { } octet)
            {
                block[0] = octet;
                kept = 1;
            }

            for (int count; (count = kept + await ReadAsync(content, block.AsMemory(kept, ChunkLength - kept), cancellationToken)) > 0; kept = 0)
            {
                hash.AppendData(block.AsSpan(0, count));
                if (answer.IsCompleted || !await IsSentAsync(SendChunkAsync(block.AsMemory(0, count), cancellationToken), cancellationToken))
                {
                    return false;
                }
            }

            return await IsSentAsync(SendAsync("0\r\n\r\n"u8.ToArray(), cancellationToken), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Reads as much as there is room for, or is left.</summary>
    /// <exception cref="IcapSourceException">What is to be sent cannot be read.</exception>
    private static async ValueTask<int> ReadAsync(Stream content, Memory<byte> room, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (IOException e)
        {
            throw new IcapSourceException(e);
        }
    }

    private static async ValueTask<bool> IsSentAsync(ValueTask sending, CancellationToken cancellationToken)
    {
        try
        {
            await sending;
            return true;
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async ValueTask SendChunkAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        if (octets.IsEmpty)
        {
            return; // an empty chunk would end the body
        }

        await SendAsync(Encoding.ASCII.GetBytes($"{octets.Length:x}\r\n"), cancellationToken);
        await SendAsync(octets, cancellationToken);
        await SendAsync("\r\n"u8.ToArray(), cancellationToken);
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken) => stream.WriteAsync(octets, cancellationToken);
}
