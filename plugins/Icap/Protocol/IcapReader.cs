using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PluginMail.Daemons;

namespace PluginMail.Icap.Protocol;

/// <summary>Reads answers from a connection. Headers are bounded; bodies are hashed, not kept.</summary>
internal sealed class IcapReader(Stream stream)
{
    private const int LongestHeader = 64 * 1024;
    private const int MostFields = 200;
    private const int BlockLength = 16 * 1024;

    private readonly byte[] _block = new byte[BlockLength];
    private int _start;
    private int _end;
    private bool _isAwaited;

    /// <summary>Whether nothing has come that was not asked for.</summary>
    public bool IsEmpty => _start == _end;

    /// <summary>Whether anything came at all.</summary>
    public bool HasRead { get; set; }

    /// <summary>Reads a whole answer.</summary>
    /// <param name="longestBody">The most octets that its body may have.</param>
    /// <param name="cancellationToken">The time limit.</param>
    /// <exception cref="IcapFaultException">It is no answer.</exception>
    /// <exception cref="NoAnswerException">The connection ended before the first octet.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<IcapResponse> ReadAsync(long longestBody, CancellationToken cancellationToken)
    {
        _isAwaited = IsEmpty;
        int budget = LongestHeader;
        string line;
        (line, budget) = await ReadLineAsync(budget, cancellationToken);
        int status = Status(line, "ICAP/1.");
        IReadOnlyDictionary<string, string> fields;
        (fields, budget) = await ReadFieldsAsync(budget, cancellationToken);
        string encapsulated = fields.GetValueOrDefault("Encapsulated") ?? "";

        // Without Encapsulated only 204 surely has no body: what else may still come would be taken for the next answer.
        bool isEndKnown = status == 204 || encapsulated.Length > 0;
        var response = new IcapResponse(status, fields)
        {
            KeepsConnection = isEndKnown && !(fields.GetValueOrDefault("Connection") ?? "").Contains("close", StringComparison.OrdinalIgnoreCase),
        };
        return status is 100 or 204 || encapsulated.Length == 0 ? response : await ReadEncapsulatedAsync(response, encapsulated, budget, longestBody, cancellationToken);
    }

    /// <summary>Reads what Encapsulated lists (RFC 3507 section 4.4.1): HTTP headers, then perhaps a body in chunks.</summary>
    private async Task<IcapResponse> ReadEncapsulatedAsync(
        IcapResponse response, string encapsulated, int budget, long longestBody, CancellationToken cancellationToken)
    {
        foreach (string entry in encapsulated.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string part = entry.Split('=')[0].TrimEnd().ToLowerInvariant();
            switch (part)
            {
                case "req-hdr" or "res-hdr":
                    string line;
                    (line, budget) = await ReadLineAsync(budget, cancellationToken);
                    IReadOnlyDictionary<string, string> fields;
                    (fields, budget) = await ReadFieldsAsync(budget, cancellationToken);
                    response = part == "req-hdr" ? response : response with { HttpStatus = Status(line, "HTTP/"), HttpFields = fields };
                    break;
                case "req-body" or "res-body" or "opt-body":
                    response = response with { BodyHash = await HashChunksAsync(longestBody, cancellationToken) };
                    break;
            }
        }

        return response;
    }

    private static int Status(string line, string protocol)
    {
        string[] words = line.Split(' ', 3);
        return words.Length >= 2 && words[0].StartsWith(protocol, StringComparison.Ordinal)
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 100 and <= 599
            ? status
            : throw new IcapFaultException($"it answered \"{Clients.Printable.Of(line, 60)}\"");
    }

    private async ValueTask<(IReadOnlyDictionary<string, string> Fields, int Budget)> ReadFieldsAsync(int budget, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string name = "";
        for (int count = 0; ; count++)
        {
            string line;
            (line, budget) = await ReadLineAsync(budget, cancellationToken);
            if (line.Length == 0)
            {
                return (fields, budget);
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (count == MostFields || (colon < 1 && name.Length == 0))
            {
                throw new IcapFaultException("its header cannot be understood");
            }

            if (line[0] is ' ' or '\t' || colon < 1)
            {
                fields[name] = fields.GetValueOrDefault(name, "") + " " + line.Trim(); // folded, as X-Violations-Found is
                continue;
            }

            name = line[..colon].Trim();
            string value = line[(colon + 1)..].Trim();
            fields[name] = fields.TryGetValue(name, out string? earlier) ? $"{earlier}, {value}" : value;
        }
    }

    private async ValueTask<byte[]> HashChunksAsync(long longestBody, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long total = 0;
        while (true)
        {
            var (line, _) = await ReadLineAsync(1024, cancellationToken);
            if (!long.TryParse(line.Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long length) || length < 0
                || (total += length) > longestBody)
            {
                throw new IcapFaultException("its body cannot be understood, or is too long");
            }

            if (length == 0)
            {
                await ReadFieldsAsync(LongestHeader, cancellationToken);
                return hash.GetHashAndReset();
            }

            while (length > 0)
            {
                await FillAsync(cancellationToken);
                int count = (int)Math.Min(length, _end - _start);
                hash.AppendData(_block.AsSpan(_start, count));
                _start += count;
                length -= count;
            }

            await ReadLineAsync(2, cancellationToken);
        }
    }

    private async ValueTask<(string Line, int Budget)> ReadLineAsync(int budget, CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            await FillAsync(cancellationToken);
            int end = _block.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            int count = end < 0 ? _end - _start : end + 1;
            if ((budget -= count) < 0)
            {
                throw new IcapFaultException("its header is too long");
            }

            line.Append(Encoding.Latin1.GetString(_block, _start, end < 0 ? count : end));
            _start += count;
            if (end >= 0)
            {
                return (line.ToString().TrimEnd('\r'), budget);
            }
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start < _end)
        {
            return;
        }

        _start = 0;
        _end = 0;
        try
        {
            _end = await stream.ReadAsync(_block, cancellationToken);
        }
        catch (IOException e) when (_isAwaited && !cancellationToken.IsCancellationRequested)
        {
            throw new NoAnswerException(e);
        }

        if (_end == 0)
        {
            throw _isAwaited ? new NoAnswerException(inner: null) : new IcapFaultException("it closed the connection");
        }

        HasRead = true;
        _isAwaited = false;
    }
}
