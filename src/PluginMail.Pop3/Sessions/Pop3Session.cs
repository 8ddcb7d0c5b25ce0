using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Pop3.Commands;
using PluginMail.Pop3.Maildrops;
using PluginMail.Storage;
using PluginMail.Transport;

namespace PluginMail.Pop3.Sessions;

/// <summary>The session loop: reads a command, lets it run, writes what it answers. Nothing else writes to the client.</summary>
internal sealed class Pop3Session(Pop3Context context, TimeProvider clock, ILogger log)
{
    private const int ChunkLength = 32 * 1024;
    private readonly Pop3Output _output = new(context.Connection, context.Options.WriteTimeout);
    private readonly long _begun = clock.GetTimestamp();
    private int _errors;
    private string? _end;

    /// <summary>Serves the connection to its end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Pop3Log.Began(log, context.Connection.Id, context.Connection.Remote);
        _output.Status(isOk: true, "PluginMail POP3 ready");
        try
        {
            while (_end is null)
            {
                if (await ReadLineAsync() is { } line)
                {
                    await ServeAsync(line, cancellationToken);
                }
            }

            await _output.FlushAsync();
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            _end = "client gone";
        }

        Pop3Log.Ended(log, context.Connection.Id, _end, context.Account?.Address.ToString(), context.Retrieved, context.Removed);
    }

    private async ValueTask ServeAsync(string line, CancellationToken cancellationToken)
    {
        (Pop3Command? command, string error) = Pop3Verb.Read(line, context.State);
        Pop3Answer answer = command is null
            ? Pop3Answer.Error(error)
            : await RunAsync(command.GetType().Name, () => command.RunAsync(context, cancellationToken), cancellationToken);
        if (Pop3Metrics.IsWanted)
        {
            Pop3Metrics.Command(command, answer);
        }

        await WriteAsync(answer, cancellationToken);
    }

    /// <summary>Contains what goes wrong in a command: the client gets [SYS/TEMP] (RFC 3206) and the session goes on.</summary>
    private async ValueTask<Pop3Answer> RunAsync(string name, Func<ValueTask<Pop3Answer>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (StoreUnavailableException e)
        {
            Pop3Log.StoreUnavailable(log, context.Connection.Id, name, e.Message);
            return Pop3Answer.No("[SYS/TEMP] the maildrop is not available now");
        }
        catch (Exception e)
        {
            Pop3Log.CommandFault(log, context.Connection.Id, name, e);
            return Pop3Answer.Error("[SYS/TEMP] internal fault");
        }
    }

    private async ValueTask WriteAsync(Pop3Answer answer, CancellationToken cancellationToken)
    {
        switch (answer)
        {
            case Pop3Answer.Status status:
                WriteStatus(status);
                break;
            case Pop3Answer.Listing listing:
                await WriteListingAsync(listing);
                break;
            case Pop3Answer.Message message:
                await WriteMessageAsync(message);
                break;
            case Pop3Answer.Exchange exchange:
                await ExchangeAsync(exchange, cancellationToken);
                break;
            case Pop3Answer.StartTls:
                await StartTlsAsync(cancellationToken);
                break;
            case Pop3Answer.Goodbye goodbye:
                _output.Status(goodbye.IsOk, goodbye.Text);
                _end = "quit";
                break;
        }
    }

    private void WriteStatus(Pop3Answer.Status status)
    {
        bool isLast = status.CountsAsError && ++_errors >= context.Options.MaximumErrors;
        _output.Status(status.IsOk, isLast ? $"{status.Text}; too many errors, goodbye" : status.Text);
        if (isLast)
        {
            _end = "too many errors";
        }
    }

    private async ValueTask WriteListingAsync(Pop3Answer.Listing listing)
    {
        _output.Status(isOk: true, listing.Text);
        foreach (string line in listing.Lines)
        {
            _output.Line(line);
            if (!await _output.FlushIfMuchAsync())
            {
                _end = "client gone";
                return;
            }
        }

        _output.EndOfLines();
    }

    private async ValueTask WriteMessageAsync(Pop3Answer.Message message)
    {
        using MessageContent content = message.Content;
        _output.Status(isOk: true, message.Text);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            var text = new WireText(_output.Writer, message.HasBareLf);
            for (long at = 0; at < message.End;)
            {
                int read = content.Read(at, chunk.AsSpan(0, (int)Math.Min(chunk.Length, message.End - at)));
                if (read == 0)
                {
                    throw new StoreUnavailableException("a message is shorter than it should be", isDiskFull: false);
                }

                text.Write(chunk.AsSpan(0, read));
                at += read;
                if (!await _output.FlushIfMuchAsync())
                {
                    _end = "client gone";
                    return;
                }
            }

            text.End();
            _output.EndOfLines();
            context.Retrieved++;
        }
        catch (IOException e)
        {
            // The reply has begun and cannot be taken back: the client must not take what it has for the whole message.
            Pop3Log.StoreUnavailable(log, context.Connection.Id, "sending a message", e.Message);
            _end = "store unavailable";
            context.Connection.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private async ValueTask StartTlsAsync(CancellationToken cancellationToken)
    {
        _output.Status(isOk: true, "begin TLS");
        if (!await _output.FlushAsync() || !await context.Connection.StartTlsAsync(context.Options.HandshakeTimeout, cancellationToken))
        {
            _end = "TLS failed";
            return;
        }

        context.Encrypted();
    }

    /// <summary>Carries a SASL exchange (RFC 5034 section 4).</summary>
    private async ValueTask ExchangeAsync(Pop3Answer.Exchange exchange, CancellationToken cancellationToken)
    {
        byte[]? response = exchange.Initial;
        while (true)
        {
            byte[]? given = response;
            Pop3Answer? end = null;
            SaslStep? step = null;
            end = await RunAsync("AUTH", StepAsync, cancellationToken);
            if (step?.Challenge is not { } challenge)
            {
                await WriteAsync(end, cancellationToken);
                return;
            }

            _output.Line("+ " + Convert.ToBase64String(challenge.Span));
            if (await ReadLineAsync() is not { } line)
            {
                return;
            }

            if (line == "*" || !SaslBase64.TryDecode(line, out response))
            {
                await WriteAsync(Pop3Answer.Error(line == "*" ? "authentication cancelled" : "not base64"), cancellationToken);
                return;
            }

            async ValueTask<Pop3Answer> StepAsync()
            {
                step = await exchange.Sasl.RespondAsync(given is null ? default(ReadOnlyMemory<byte>?) : given, cancellationToken);
                return step.Outcome is { } outcome
                    ? await context.SignedInAsync(outcome, cancellationToken)
                    : Pop3Answer.Ok("");
            }
        }
    }

    /// <summary>Reads a line, after sending what the client waits for.</summary>
    /// <returns>The line; null where it was too long or no text, which was answered, or where the session is at its end.</returns>
    private async ValueTask<string?> ReadLineAsync()
    {
        Pop3Options options = context.Options;
        bool isAtHand = context.Connection.Reader.TryReadLine(options.MaximumLineLength, out LineRead read);
        if (!(isAtHand ? await _output.FlushIfMuchAsync() : await _output.FlushAsync()))
        {
            _end = "client gone";
            return null;
        }

        if (!isAtHand)
        {
            // Not the connection's token: a client may send DELE and QUIT and close its side, and QUIT counts (RFC 1939 section 6).
            read = await context.Connection.Reader.ReadLineAsync(options.MaximumLineLength, Patience(), CancellationToken.None);
        }

        switch (read.Status)
        {
            case ReadStatus.Ok:
                return Text(read.Line);
            case ReadStatus.TooLong:
                WriteStatus(new Pop3Answer.Status(IsOk: false, "line too long", CountsAsError: true));
                return null;
            case ReadStatus.Stopping:
                bool isRevoked = context.Connection.IsLoginRevoked;
                _output.Status(isOk: false, isRevoked ? "[AUTH] the account or its password was changed, goodbye" : "[SYS/TEMP] the server is stopping, goodbye");
                _end = isRevoked ? "login revoked" : "server stopping";
                return null;
            default:
                _end = read.Status == ReadStatus.TimedOut ? "timed out" : "client gone"; // RFC 1939 section 3: close without a word
                return null;
        }
    }

    private TimeSpan Patience()
    {
        if (context.Maildrop is not null)
        {
            return context.Options.IdleTimeout;
        }

        TimeSpan left = context.Options.SignInTimeout - clock.GetElapsedTime(_begun);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private string? Text(ReadOnlySequence<byte> line)
    {
        byte[] octets = line.ToArray();
        if (System.Text.Unicode.Utf8.IsValid(octets) && !octets.AsSpan().ContainsAnyInRange<byte>(0, 8))
        {
            return Encoding.UTF8.GetString(octets);
        }

        WriteStatus(new Pop3Answer.Status(IsOk: false, "not UTF-8", CountsAsError: true));
        return null;
    }
}
