using System.Globalization;
using System.Text;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;
using PluginMail.Collector.SignIn;

namespace PluginMail.Collector.Pop3;

/// <summary>The client's side of POP3 (RFC 1939, RFC 2449, RFC 2595, RFC 5034).</summary>
internal sealed class Pop3Connection(Wire wire) : IAsyncDisposable
{
    private const int LongestLine = 2048;
    private const int LongestListLine = 600;
    private const int MostCapabilities = 200;
    private const int LongestInitialResponse = 200;
    private readonly Dictionary<string, string> _capabilities = new(StringComparer.OrdinalIgnoreCase);
    private bool _endsLinesBare;

    /// <summary>Whether several commands may be under way (RFC 2449 section 6.6).</summary>
    public bool IsPipelining => _capabilities.ContainsKey("PIPELINING");

    /// <summary>Reads the greeting, goes over to TLS where that is wanted, and signs in.</summary>
    /// <exception cref="RemoteFault">Something of it failed.</exception>
    public async ValueTask OpenAsync(AccountSettings account, Proof proof, CancellationToken cancellationToken)
    {
        await ExpectAsync("the greeting", cancellationToken);
        _endsLinesBare = wire.LastEndWasBare;
        await ReadCapabilitiesAsync(cancellationToken);
        if (account.Tls == TlsMode.Starttls)
        {
            await wire.SendAsync("STLS\r\n", cancellationToken);
            await ExpectAsync("STLS", cancellationToken);
            await Connector.EncryptAsync(wire, account, cancellationToken);
            await ReadCapabilitiesAsync(cancellationToken); // what was said before TLS does not count
        }

        if (!wire.IsEncrypted && !account.AllowsPlainText)
        {
            throw new RemoteFault("no TLS, and allow_plain_text does not say that the password may be read on its way");
        }

        await SignInAsync(account, proof, cancellationToken);
        await ReadCapabilitiesAsync(cancellationToken);
    }

    /// <summary>Sends commands.</summary>
    public ValueTask SendAsync(string commands, CancellationToken cancellationToken) => wire.SendAsync(commands, cancellationToken);

    /// <summary>Reads a status line.</summary>
    /// <returns>Null for +OK, or what stands behind -ERR.</returns>
    public async ValueTask<string?> ReadStatusAsync(CancellationToken cancellationToken)
    {
        string line = await wire.ReadLineAsync(LongestLine, cancellationToken);
        return line.StartsWith("+OK", StringComparison.OrdinalIgnoreCase) ? null
            : line.StartsWith("-ERR", StringComparison.OrdinalIgnoreCase) ? RemoteFault.Quote(line.AsSpan(4).Trim())
            : throw new RemoteFault($"the server does not speak POP3: {RemoteFault.Quote(line)}");
    }

    /// <summary>Reads a status line that must be +OK.</summary>
    public async ValueTask ExpectAsync(string what, CancellationToken cancellationToken)
    {
        if (await ReadStatusAsync(cancellationToken) is { } error)
        {
            throw new RemoteFault($"{what} was refused: {error}");
        }
    }

    /// <summary>
    /// Reads the answer to a LIST of one message, which no message can make up: it shows that what was read before was read to its end and no
    /// further.
    /// </summary>
    /// <returns>Whether it is that.</returns>
    public async ValueTask<bool> IsListedAsync(uint number, long size, CancellationToken cancellationToken)
    {
        string[] parts = (await wire.ReadLineAsync(LongestLine, cancellationToken)).Split(' ', 4);
        return parts is [var status, var first, var second, ..] && status.Equals("+OK", StringComparison.OrdinalIgnoreCase)
            && uint.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out uint itsNumber) && itsNumber == number
            && long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out long itsSize) && itsSize == size;
    }

    /// <summary>Reads lines of at most 600 octets up to the one with a single dot.</summary>
    /// <param name="most">The most lines.</param>
    /// <param name="take">Takes each.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask ReadListAsync(int most, Action<string> take, CancellationToken cancellationToken)
    {
        for (int count = 0; await wire.ReadLineAsync(LongestListLine, cancellationToken) is var line and not "."; count++)
        {
            if (count >= most)
            {
                throw new RemoteFault($"the server lists more than {most} lines");
            }

            take(line.StartsWith('.') ? line[1..] : line);
        }
    }

    /// <summary>
    /// Reads a message up to the line with a single dot, stuffed dots taken away, each line ended by CRLF. Only CRLF ends a line for this, as
    /// servers stuff no dot behind an LF that a stranger wrote; a server whose greeting ended with LF alone ends all its lines so.
    /// </summary>
    /// <param name="spool">Takes it.</param>
    /// <param name="most">The most octets that are read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where it has not ended by then; the connection is of no use any more.</returns>
    public async ValueTask<bool> ReadMessageAsync(MessageSpool spool, long most, CancellationToken cancellationToken)
    {
        for (bool atLineStart = true; spool.Offered <= most;)
        {
            while (!TryTakeLine(spool, ref atLineStart, out bool isEnd))
            {
                if (isEnd)
                {
                    return true;
                }

                await wire.FillAsync(cancellationToken);
            }
        }

        return false;
    }

    public ValueTask DisposeAsync() => wire.DisposeAsync();

    // A whole line, or as much of a long one as has arrived. What may be the start of the end waits for the rest.
    private bool TryTakeLine(MessageSpool spool, ref bool atLineStart, out bool isEnd)
    {
        var arrived = wire.Arrived;
        int newline = arrived.IndexOf((byte)'\n');
        int length = newline + 1;
        isEnd = false;
        if (newline < 0)
        {
            // The last octet waits: it may be the CR of a CRLF.
            length = arrived.Length - 1;
            if (length <= (atLineStart ? 2 : 0))
            {
                return false;
            }
        }

        var line = arrived[..length];
        bool isEnded = newline >= 0 && (_endsLinesBare || line.EndsWith("\r\n"u8));
        if (atLineStart && line[0] == '.')
        {
            if (isEnded && line[1..].TrimEnd("\r\n"u8).IsEmpty)
            {
                wire.Advance(length);
                isEnd = true;
                return false;
            }

            line = line[1..];
        }

        if (newline < 0)
        {
            spool.Write(line);
        }
        else if (line.EndsWith("\r\n"u8))
        {
            spool.Write(line);
        }
        else
        {
            spool.Write(line[..^1]);
            spool.Write("\r\n"u8);
        }

        atLineStart = isEnded;
        wire.Advance(length);
        return true;
    }

    private async ValueTask ReadCapabilitiesAsync(CancellationToken cancellationToken)
    {
        _capabilities.Clear();
        await wire.SendAsync("CAPA\r\n", cancellationToken);
        if (await ReadStatusAsync(cancellationToken) is not null)
        {
            return; // a server older than RFC 2449
        }

        await ReadListAsync(
            MostCapabilities,
            line =>
            {
                string[] parts = line.Split(' ', 2);
                _capabilities[parts[0]] = parts.Length > 1 ? parts[1] : "";
            },
            cancellationToken);
    }

    private async ValueTask SignInAsync(AccountSettings account, Proof proof, CancellationToken cancellationToken)
    {
        string[] mechanisms = _capabilities.GetValueOrDefault("SASL", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool offers = mechanisms.Contains(proof.Mechanism, StringComparer.OrdinalIgnoreCase);
        string? error = offers || proof.Method != SignInMethod.Password
            ? await AuthenticateAsync(proof.Mechanism, proof.InitialResponse(account.Host, account.Port), cancellationToken)
            : await SendPasswordAsync(proof, cancellationToken);
        if (error is not null)
        {
            throw RemoteFault.OfSignIn(error, "[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]"); // RFC 2449 section 8.1, RFC 3206
        }
    }

    private async ValueTask<string?> AuthenticateAsync(string mechanism, string response, CancellationToken cancellationToken)
    {
        bool isShort = response.Length <= LongestInitialResponse;
        await wire.SendAsync(isShort ? $"AUTH {mechanism} {response}\r\n" : $"AUTH {mechanism}\r\n", cancellationToken);
        bool isSaid = isShort;
        for (int turn = 0; turn < 3; turn++)
        {
            string line = await wire.ReadLineAsync(LongestLine, cancellationToken);
            if (!line.StartsWith("+ ", StringComparison.Ordinal) && line != "+")
            {
                return line.StartsWith("+OK", StringComparison.OrdinalIgnoreCase) ? null : RemoteFault.Quote(line);
            }

            // A second challenge tells a token's fault (RFC 7628 section 3.2.3); an empty answer ends it.
            await wire.SendAsync(isSaid ? "\r\n" : response + "\r\n", cancellationToken);
            isSaid = true;
        }

        return "too many questions";
    }

    private async ValueTask<string?> SendPasswordAsync(Proof proof, CancellationToken cancellationToken)
    {
        if (proof.Secret.AsSpan().ContainsAnyInRange('\0', '\x1f'))
        {
            return "a password with control characters cannot be said";
        }

        await wire.SendAsync(Encoding.UTF8.GetBytes($"USER {proof.User}\r\n"), cancellationToken);
        if (await ReadStatusAsync(cancellationToken) is { } error)
        {
            return error;
        }

        await wire.SendAsync(Encoding.UTF8.GetBytes($"PASS {proof.Secret}\r\n"), cancellationToken);
        return await ReadStatusAsync(cancellationToken);
    }
}
