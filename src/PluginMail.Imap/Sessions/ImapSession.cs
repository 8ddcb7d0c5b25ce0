using System.Text;
using PluginMail.Storage;
using PluginMail.Transport;

namespace PluginMail.Imap;

/// <summary>One client's session: reads a command, has it done, answers; from greeting to goodbye (RFC 3501 section 3).</summary>
internal sealed class ImapSession
{
    private readonly CommandReader _commands;
    private readonly long _begun;
    private string? _end;
    private int _errors;
    private long _served;
    private SelectedFolder? _selected;

    /// <summary>Begins a session.</summary>
    public ImapSession(MailConnection connection, ImapServices services)
    {
        Connection = connection;
        Services = services;
        Writer = new ImapWriter(connection, services.Options.TransferTimeout);
        _commands = new CommandReader(connection, Writer, services.Options.TransferTimeout);
        _begun = services.Clock.GetTimestamp();
    }

    /// <summary>The client's connection.</summary>
    public MailConnection Connection { get; }

    /// <summary>What sessions share.</summary>
    public ImapServices Services { get; }

    /// <summary>Where responses go.</summary>
    public ImapWriter Writer { get; }

    /// <summary>The owner, after login.</summary>
    public Account? Account { get; private set; }

    /// <summary>The selected mailbox; null where none is. Setting it lets go of the one before.</summary>
    public SelectedFolder? Selected
    {
        get => _selected;
        set
        {
            _selected?.Dispose();
            _selected = value;
        }
    }

    /// <summary>What others change of annotations; null where the client has not asked to be told.</summary>
    public AnnotationWatch? Annotations { get; private set; }

    /// <summary>The message literal of the command at hand.</summary>
    public MessageLiteral? Message { get; private set; }

    /// <summary>How many messages were appended.</summary>
    public long Appended { get; set; }

    /// <summary>The state.</summary>
    public SessionStates State =>
        Account is null ? SessionStates.NotAuthenticated : Selected is null ? SessionStates.Authenticated : SessionStates.Selected;

    /// <summary>The owner, where the verb's states promise one.</summary>
    public Account Owner => Account ?? throw new InvalidOperationException("no login yet");

    /// <summary>The selected mailbox, where the verb's states promise one.</summary>
    public SelectedFolder Mailbox => Selected ?? throw new InvalidOperationException("no mailbox selected");

    /// <summary>Serves the client to the end.</summary>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Completes when the session has ended.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            WriteLine("* OK [CAPABILITY ", Capabilities.Of(this), "] ", Services.Options.Hostname, " is ready");
            await Writer.FlushAsync(cancellationToken);
            while (_end is null)
            {
                await ServeNextAsync(cancellationToken);
                if (_end is not null || !Connection.Reader.HasBufferedInput)
                {
                    await Writer.FlushAsync(cancellationToken);
                }
            }
        }
        catch (Exception e) when (e is ClientLostException or OperationCanceledException)
        {
            _end = "connection lost";
            Connection.Abort();
        }
        finally
        {
            _commands.Release();
            Selected = null;
            Annotations?.Dispose();
            if (Account is not null)
            {
                ImapLog.Left(
                    Services.Log, Connection.Id, Account.Address.ToString(), _end ?? "fault", _served, _errors, Writer.Total, Appended);
            }
        }
    }

    /// <summary>Takes note of a login.</summary>
    public void SignIn(Account account, string mechanism)
    {
        Account = account;
        Connection.Account = account.Address.ToString();
        ImapLog.SignedIn(
            Services.Log, Connection.Id, account.Address.ToString(), Connection.Remote, mechanism, Connection.TlsDescription ?? "no TLS");
    }

    /// <summary>Has the client told of changes of annotations from now on.</summary>
    public void WatchAnnotations(bool withMailboxes)
    {
        Annotations ??= new AnnotationWatch(Services.Store.Annotations, Owner);
        Annotations.WithMailboxes |= withMailboxes;
    }

    /// <summary>Counts a fault of the client that BAD does not tell: a failed login.</summary>
    public void CountError() => _errors++;

    /// <summary>Says goodbye without being asked (RFC 3501 section 7.1.5), and ends the session.</summary>
    /// <param name="reason">For client and log.</param>
    public void SayBye(string reason)
    {
        WriteLine("* BYE ", reason);
        _end = reason;
    }

    /// <summary>Says goodbye because the server stops or the login does not count any more.</summary>
    public void SayStopping() =>
        SayBye(Connection.IsLoginRevoked ? "The account or its password was changed; log in again" : "[UNAVAILABLE] The server is shutting down");

    /// <summary>Asks for a line that is no command and reads it.</summary>
    /// <param name="prompt">What stands behind the plus.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The line; null where there is none to be had.</returns>
    public async ValueTask<byte[]?> AskAsync(string prompt, CancellationToken cancellationToken)
    {
        WriteLine("+ ", prompt);
        await Writer.FlushAsync(cancellationToken);
        return await _commands.ReadResponseAsync(Patience(), cancellationToken);
    }

    /// <summary>Reads the line that ends IDLE.</summary>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>How the read ended, and the line.</returns>
    public ValueTask<LineRead> ReadIdleLineAsync(CancellationToken cancellationToken)
    {
        _commands.Release();
        return Connection.Reader.ReadLineAsync(CommandReader.MaximumBeforeLogin, Services.Options.Autologout, cancellationToken);
    }

    /// <summary>Writes a line of ASCII.</summary>
    public void WriteLine(params ReadOnlySpan<string> pieces)
    {
        foreach (string piece in pieces)
        {
            Writer.WriteAscii(piece);
        }

        Writer.Write("\r\n"u8);
    }

    /// <summary>Tells the client of news: of annotations, and of the selected mailbox. Says goodbye where that was deleted by another session (as Dovecot does).</summary>
    public async ValueTask TellNewsAsync(CancellationToken cancellationToken)
    {
        if (Annotations is not null)
        {
            await Annotations.TellAsync(this, cancellationToken);
        }

        if (Selected is { Hold.IsDeleted: true })
        {
            SayBye("The selected mailbox was deleted by another session");
        }
        else
        {
            Selected?.TellNews(Writer);
        }
    }

    private TimeSpan Patience()
    {
        if (Account is not null)
        {
            return Services.Options.Autologout;
        }

        TimeSpan left = Services.Options.LoginTimeout - Services.Clock.GetElapsedTime(_begun);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async ValueTask ServeNextAsync(CancellationToken cancellationToken)
    {
        CommandRead read = await _commands.ReadAsync(Account is not null, Patience(), cancellationToken);
        switch (read.Status)
        {
            case CommandStatus.Ok:
                await AnswerAsync(read, cancellationToken);
                break;
            case CommandStatus.LineTooLong:
                WriteLine("* BAD The line is too long");
                _errors++;
                break;
            case CommandStatus.LiteralTooLarge:
                WriteLine(
                    TagOf(read.Octets.Span),
                    Account is not null && SetMetadata.IsCutShort(read.Octets.Span) ? " NO " + SetMetadata.TooLarge(this) : " BAD [TOOBIG] The literal is too large");
                _errors++;
                break;
            case CommandStatus.LiteralFlood:
                SayBye("[TOOBIG] The literal is too large");
                break;
            case CommandStatus.TimedOut:
                SayBye(Account is null ? "No login in time" : "Silent for too long");
                break;
            case CommandStatus.Stopping:
                SayStopping();
                break;
            default:
                _end = "connection closed";
                break;
        }

        if (_errors >= Services.Options.MaximumErrors && _end is null)
        {
            SayBye("Too many errors");
        }
    }

    private async ValueTask AnswerAsync(CommandRead read, CancellationToken cancellationToken)
    {
        Message = read.Message;
        Invocation call = CommandTable.Parse(read.Octets.Span, State);
        Completion completion = call.Refusal ?? await DoAsync(call, cancellationToken);
        if (!await PassOverMessageAsync(cancellationToken))
        {
            return;
        }

        _served++;
        _errors += completion.IsBad ? 1 : 0;
        if (call.Verb is { TellsNews: true } && _end is null)
        {
            await TellNewsAsync(cancellationToken);
        }

        if (_end is null)
        {
            WriteLine(call.Tag, " ", completion.Condition, " ", completion.Text);
            await FollowAsync(completion.Then, cancellationToken);
        }
    }

    private async ValueTask<Completion> DoAsync(Invocation call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.Verb!.HandleAsync(this, call.Command!, cancellationToken);
        }
        catch (Exception e) when (Writer.IsWithinResponse && e is not ClientLostException)
        {
            ImapLog.CommandFault(Services.Log, Connection.Id, call.Verb!.Name, e);
            throw new ClientLostException("A response could not be completed", e);
        }
        catch (StoreUnavailableException e)
        {
            ImapLog.Unavailable(Services.Log, Connection.Id, call.Verb!.Name, e.Message);
            return Completion.No(e.IsDiskFull ? "[UNAVAILABLE] The server has no room left" : "[UNAVAILABLE] The store cannot do this now");
        }
        catch (Exception e) when (e is not (ClientLostException or OperationCanceledException))
        {
            ImapLog.CommandFault(Services.Log, Connection.Id, call.Verb!.Name, e);
            return Completion.No("[SERVERBUG] This failed by a fault of the server, which is logged");
        }
    }

    private async ValueTask FollowAsync(AfterReply then, CancellationToken cancellationToken)
    {
        if (then == AfterReply.Close)
        {
            _end ??= "logout";
        }
        else if (then == AfterReply.StartTls)
        {
            await Writer.FlushAsync(cancellationToken);
            if (!await Connection.StartTlsAsync(Services.Options.HandshakeTimeout, cancellationToken))
            {
                throw new ClientLostException("No TLS came about");
            }
        }
    }

    /// <summary>Passes over a message literal that is on its way though its command was refused or failed.</summary>
    private async ValueTask<bool> PassOverMessageAsync(CancellationToken cancellationToken)
    {
        if (Message is not { IsPending: true })
        {
            return true;
        }

        if (Message.Size > Services.Options.MaximumMessageSize * 4)
        {
            SayBye("[TOOBIG] The literal is too large");
            return false;
        }

        await foreach (ReadOnlyMemory<byte> _ in Message.ReadAsync(Connection.Reader, Services.Options.TransferTimeout, cancellationToken))
        {
            // It is not wanted, but the next command stands behind it.
        }

        return true;
    }

    private static string TagOf(ReadOnlySpan<byte> octets)
    {
        var reader = new ImapReader(octets);
        return reader.ReadTag(out ReadOnlySpan<byte> tag) ? Encoding.ASCII.GetString(tag) : "*";
    }
}
