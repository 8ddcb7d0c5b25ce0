using System.Globalization;
using System.Text;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Messages;
using PluginMail.Collector.Settings;
using PluginMail.Collector.SignIn;

namespace PluginMail.Collector.Imap;

/// <summary>The client's side of IMAP (RFC 3501, RFC 9051): commands with tags, responses with literals.</summary>
internal sealed class ImapConnection(Wire wire) : IAsyncDisposable
{
    private const int LongestLine = 64 * 1024;
    private const int LongestResponse = 1 << 20;
    private const int MostLiterals = 64;
    private const int MostCapabilities = 200;
    private const int LongestCapability = 200;
    private const long MostOctets = 32 << 20;
    private const long MostOctetsOfFetch = 512 << 20;
    private readonly HashSet<string> _capabilities = new(StringComparer.OrdinalIgnoreCase);
    private int _tag;
    private long _octetsLeft = MostOctets;

    /// <summary>Whether the server says that it can do something.</summary>
    public bool Can(string capability) => _capabilities.Contains(capability);

    /// <summary>Reads the greeting, goes over to TLS where that is wanted, and signs in.</summary>
    /// <exception cref="RemoteFault">Something of it failed.</exception>
    public async ValueTask OpenAsync(AccountSettings account, Proof proof, CancellationToken cancellationToken)
    {
        using var greeting = await ReadAsync(null, cancellationToken);
        bool isSignedIn = greeting.Is("PREAUTH", out _);
        if (!isSignedIn && !greeting.Is("OK", out _))
        {
            throw new RemoteFault($"the server greets with {RemoteFault.Quote(greeting.Text)}");
        }

        if (account.Tls == TlsMode.Starttls)
        {
            // A greeting that says we are signed in leaves no way to TLS: somebody on the way may have made it up.
            if (isSignedIn)
            {
                throw new RemoteFault("the server takes no STARTTLS: it says that we are signed in");
            }

            await RunAsync("STARTTLS", null, cancellationToken);
            await Connector.EncryptAsync(wire, account, cancellationToken);
        }

        if (!wire.IsEncrypted && !account.AllowsPlainText)
        {
            throw new RemoteFault("no TLS, and allow_plain_text does not say that the password may be read on its way");
        }

        await ReadCapabilitiesAsync(cancellationToken);
        if (!isSignedIn)
        {
            await SignInAsync(account, proof, cancellationToken);
            await ReadCapabilitiesAsync(cancellationToken);
        }
    }

    /// <summary>Sends a command. From then on the responses, messages aside, may have 32 MiB; those to UID FETCH, which lists folders, 512 MiB.</summary>
    /// <returns>Its tag.</returns>
    public async ValueTask<string> SendAsync(string command, CancellationToken cancellationToken)
    {
        _octetsLeft = command.StartsWith("UID FETCH ", StringComparison.Ordinal) ? MostOctetsOfFetch : MostOctets;
        string tag = $"c{++_tag}";
        await wire.SendAsync(Encoding.UTF8.GetBytes($"{tag} {command}\r\n"), cancellationToken);
        return tag;
    }

    /// <summary>Sends a command and takes its responses.</summary>
    /// <exception cref="RemoteFault">It is refused.</exception>
    public async ValueTask RunAsync(string command, Action<ImapResponse>? untagged, CancellationToken cancellationToken)
    {
        if (await TryRunAsync(command, untagged, cancellationToken) is { } error)
        {
            throw new RemoteFault($"{command.Split(' ', 2)[0]} was refused: {error}");
        }
    }

    /// <summary>Sends a command and takes its responses.</summary>
    /// <returns>Null, or why it is refused.</returns>
    public async ValueTask<string?> TryRunAsync(string command, Action<ImapResponse>? untagged, CancellationToken cancellationToken)
    {
        string tag = await SendAsync(command, cancellationToken);
        while (true)
        {
            using var response = await ReadAsync(null, cancellationToken);
            if (IsCompletion(response, tag, out string? error))
            {
                return error;
            }

            untagged?.Invoke(response);
        }
    }

    /// <summary>Whether a response ends a command.</summary>
    /// <param name="response">The response.</param>
    /// <param name="tag">The command's tag.</param>
    /// <param name="error">Null for OK, or what stands in its place.</param>
    /// <exception cref="RemoteFault">It says good-bye.</exception>
    public static bool IsCompletion(ImapResponse response, string tag, out string? error)
    {
        error = null;
        ThrowIfGoodBye(response);
        if (!response.Text.StartsWith(tag + " ", StringComparison.Ordinal))
        {
            return false;
        }

        string rest = response.Text[(tag.Length + 1)..];
        error = rest.StartsWith("OK", StringComparison.OrdinalIgnoreCase) ? null : RemoteFault.Quote(rest);
        return true;
    }

    /// <summary>Ends the session where the server does.</summary>
    /// <exception cref="RemoteFault">It says good-bye.</exception>
    public static void ThrowIfGoodBye(ImapResponse response)
    {
        if (response.Is("BYE", out string reason))
        {
            throw new RemoteFault($"the server says good-bye: {RemoteFault.Quote(reason)}");
        }
    }

    /// <summary>Reads a response.</summary>
    /// <param name="begin">Makes the spool for a message, given the response as far as it has come, and the message's octets; null where none is asked for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RemoteFault">It is none, or too long.</exception>
    public async ValueTask<ImapResponse> ReadAsync(Func<string, long, MessageSpool>? begin, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        List<byte[]?> literals = [];
        MessageSpool? body = null;
        long octets = 0;
        try
        {
            while (true)
            {
                string line = (await wire.ReadLineAsync(LongestLine, cancellationToken)).Replace(ImapValues.LiteralMark, '?');
                octets += line.Length;
                if (!TryLiteral(line, out int length, out long count))
                {
                    CountDown(octets);
                    return new ImapResponse(text.Append(line).ToString(), literals, body);
                }

                text.Append(line, 0, length).Append(ImapValues.LiteralMark);
                bool isBody = begin is not null && body is null && line.AsSpan(0, length).EndsWith("BODY[] ", StringComparison.OrdinalIgnoreCase);
                octets += isBody ? 0 : Math.Min(count, LongestResponse + 1); // any number may stand there
                if (octets > LongestResponse || literals.Count >= MostLiterals)
                {
                    throw new RemoteFault("the server sent a response without end");
                }

                if (isBody)
                {
                    body = begin!(text.ToString(), count);
                    await CopyAsync(body, count, cancellationToken);
                }

                literals.Add(isBody ? null : await ReadLiteralAsync((int)count, cancellationToken));
            }
        }
        catch
        {
            body?.Dispose();
            throw;
        }
    }

    /// <summary>A string as commands write it (RFC 9051 section 4.3).</summary>
    public static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    public ValueTask DisposeAsync() => wire.DisposeAsync();

    // ...{123} at the end of a line
    private static bool TryLiteral(string line, out int length, out long count)
    {
        count = 0;
        length = line.EndsWith('}') ? line.LastIndexOf('{') : -1;
        if (length < 0 || !long.TryParse(line.AsSpan(length + 1, line.Length - length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            return false;
        }

        if (length > 0 && line[length - 1] == '~')
        {
            length--; // RFC 3516
        }

        return true;
    }

    private void CountDown(long octets)
    {
        _octetsLeft -= octets;
        if (_octetsLeft < 0)
        {
            throw new RemoteFault("the server answers a command without end");
        }
    }

    private async ValueTask CopyAsync(MessageSpool spool, long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (wire.Arrived.IsEmpty)
            {
                await wire.FillAsync(cancellationToken);
            }

            int length = (int)Math.Min(count, wire.Arrived.Length);
            spool.Write(wire.Arrived[..length]);
            wire.Advance(length);
            count -= length;
        }
    }

    private async ValueTask<byte[]> ReadLiteralAsync(int count, CancellationToken cancellationToken)
    {
        byte[] octets = new byte[count];
        for (int length = 0; length < count;)
        {
            if (wire.Arrived.IsEmpty)
            {
                await wire.FillAsync(cancellationToken);
            }

            int piece = Math.Min(count - length, wire.Arrived.Length);
            wire.Arrived[..piece].CopyTo(octets.AsSpan(length));
            wire.Advance(piece);
            length += piece;
        }

        return octets;
    }

    private async ValueTask ReadCapabilitiesAsync(CancellationToken cancellationToken)
    {
        _capabilities.Clear();
        await RunAsync(
            "CAPABILITY",
            response =>
            {
                if (response.Is("CAPABILITY", out string rest))
                {
                    AddCapabilities(rest);
                }
            },
            cancellationToken);
    }

    private void AddCapabilities(string words)
    {
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length <= LongestCapability))
        {
            _capabilities.Add(word);
            if (_capabilities.Count > MostCapabilities)
            {
                throw new RemoteFault($"the server says that it has more than {MostCapabilities} capabilities");
            }
        }
    }

    private async ValueTask SignInAsync(AccountSettings account, Proof proof, CancellationToken cancellationToken)
    {
        string? error = Can($"AUTH={proof.Mechanism}") || proof.Method != SignInMethod.Password
            ? await AuthenticateAsync(proof.Mechanism, proof.InitialResponse(account.Host, account.Port), cancellationToken)
            : Can("LOGINDISABLED") || (proof.User + proof.Secret).Any(c => c is < ' ' or > '~')
            ? "the server offers no way that this login can take"
            : await TryRunAsync($"LOGIN {Quoted(proof.User)} {Quoted(proof.Secret)}", null, cancellationToken);
        if (error is not null)
        {
            throw RemoteFault.OfSignIn(error, "[UNAVAILABLE]", "[INUSE]", "[LIMIT]"); // RFC 9051 section 7.1
        }
    }

    // RFC 9051 section 6.2.2; RFC 4959 where the server has it
    private async ValueTask<string?> AuthenticateAsync(string mechanism, string answer, CancellationToken cancellationToken)
    {
        bool isSaid = Can("SASL-IR");
        string tag = await SendAsync($"AUTHENTICATE {mechanism}{(isSaid ? " " + answer : "")}", cancellationToken);
        for (int turns = 0; turns < 3;)
        {
            using var response = await ReadAsync(null, cancellationToken);
            if (IsCompletion(response, tag, out string? error))
            {
                return error;
            }

            if (response.Text.StartsWith('+'))
            {
                // A second challenge tells a token's fault (RFC 7628 section 3.2.3); an empty answer ends it.
                await wire.SendAsync(isSaid ? "\r\n" : answer + "\r\n", cancellationToken);
                isSaid = true;
                turns++;
            }
        }

        return "too many questions";
    }
}
