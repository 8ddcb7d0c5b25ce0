using System.Collections.Concurrent;
using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Smtp.Tests;

/// <summary>A message that arrived whole.</summary>
internal sealed record Recorded(string Sender, string Recipients, byte[] Octets, MailParameters Parameters)
{
    public override string ToString() => $"{Sender} -> {Recipients}: {Encoding.Latin1.GetString(Octets)}";
}

/// <summary>Decides by the local part of addresses: <c>refused</c>, <c>later</c>, <c>fault</c>, <c>full</c> (no room), and records what arrives.</summary>
internal sealed class RecordingSessions : IMailSessions
{
    public ConcurrentQueue<Recorded> Messages { get; } = new();

    public ConcurrentQueue<string> Events { get; } = new();

    /// <summary>The parameters of each RCPT.</summary>
    public ConcurrentQueue<string> Parameters { get; } = new();

    public SmtpReply? Connect { get; init; }

    public IMailSession Open(SessionOpening opening) => new Session(this, opening);

    private sealed class Session(RecordingSessions owner, SessionOpening opening) : IMailSession, ISessionView
    {
        private readonly List<EmailAddress> _recipients = [];
        private EmailAddress? _sender;
        private MailParameters? _parameters;

        public ISessionView View => this;

        public string Id => opening.Id;

        public string Protocol => opening.Protocol;

        public IPEndPoint? RemoteEndPoint => opening.RemoteEndPoint;

        public IPEndPoint? LocalEndPoint => opening.LocalEndPoint;

        public string? HelloName { get; private set; }

        public bool IsEncrypted { get; private set; } = opening.IsEncrypted;

        public string? TlsProtocol { get; private set; } = opening.TlsProtocol;

        public string? TlsCipher { get; private set; } = opening.TlsCipher;

        public string? AuthenticationMechanism { get; private set; }

        public EmailAddress? Authenticated { get; private set; }

        public Direction Direction => Authenticated is null ? Direction.Incoming : Direction.Outgoing;

        public ValueTask<SmtpReply?> ConnectAsync(CancellationToken cancellationToken) => new(owner.Connect);

        public ValueTask<SmtpReply?> GreetAsync(string helloName, bool extended, CancellationToken cancellationToken)
        {
            HelloName = helloName;
            owner.Events.Enqueue($"greet {helloName} {extended}");
            return new(Decide(helloName));
        }

        public void Encrypted(string? protocol, string? cipher)
        {
            IsEncrypted = true;
            TlsProtocol = protocol;
            TlsCipher = cipher;
            HelloName = null;
            owner.Events.Enqueue("encrypted");
        }

        public ValueTask<SmtpReply?> AuthenticatedAsync(EmailAddress account, string? mechanism, CancellationToken cancellationToken)
        {
            Authenticated = account;
            AuthenticationMechanism = mechanism;
            owner.Events.Enqueue($"authenticated {account}");
            return new((SmtpReply?)null);
        }

        public ValueTask<SmtpReply?> SenderAsync(EmailAddress? sender, MailParameters parameters, CancellationToken cancellationToken)
        {
            if (_parameters is not null)
            {
                throw new InvalidOperationException("A transaction is open");
            }

            SmtpReply? reply = Decide(sender?.LocalPart);
            if (reply is null)
            {
                _sender = sender;
                _parameters = parameters;
            }

            return new(reply);
        }

        public async ValueTask<SmtpReply?> RecipientAsync(EmailAddress recipient, RecipientDsn dsn, string parameters, CancellationToken cancellationToken)
        {
            await Task.Yield();
            owner.Parameters.Enqueue($"{recipient.LocalPart}: {parameters}");
            SmtpReply? reply = Decide(recipient.LocalPart);
            if (reply is null)
            {
                _recipients.Add(recipient);
            }

            return reply;
        }

        public ValueTask<SmtpReply?> DataAsync(CancellationToken cancellationToken) => new(_sender?.LocalPart switch
        {
            "nodata" => new SmtpReply(554, new(5, 7, 1), "Not this one"),
            "datafault" => throw new InvalidOperationException("a fault"),
            _ => null,
        });

        public ValueTask<SmtpReply?> UnknownCommandAsync(string command, CancellationToken cancellationToken)
        {
            owner.Events.Enqueue($"unknown {command}");
            return new(command switch
            {
                "SHUT" => new SmtpReply(421, new(4, 7, 0), "Go away"),
                "CRASH" => throw new InvalidOperationException("a fault"),
                _ when command.StartsWith("TELL", StringComparison.Ordinal) => new SmtpReply(502, new(5, 5, 1), $"Not {command}"),
                _ => null,
            });
        }

        public MessageSink BeginMessage() => _sender?.LocalPart == "nosink" ? throw new InvalidOperationException("no sink") : new Sink(_sender?.LocalPart == "full");

        public ValueTask<MessageReplies> CompleteAsync(MessageSink message, CancellationToken cancellationToken)
        {
            if (_sender?.LocalPart == "crash")
            {
                throw new InvalidOperationException("crash");
            }

            if (_sender?.LocalPart == "broken")
            {
                throw new StoreUnavailableException("The disk is full", isDiskFull: true);
            }

            owner.Messages.Enqueue(new Recorded(
                _sender?.ToString() ?? "<>", string.Join(", ", _recipients), ((Sink)message).Octets.ToArray(), _parameters!));
            SmtpReply[] replies = [.. _recipients.Distinct().Select(to => to.LocalPart == "full"
                ? new SmtpReply(452, new(4, 2, 2), $"{to} is full")
                : new SmtpReply(250, new(2, 0, 0), $"{to} has it"))];
            Reset();
            return new(new MessageReplies(new SmtpReply(250, new(2, 0, 0), "Queued\nas one of many"), replies));
        }

        public void Reset()
        {
            owner.Events.Enqueue("reset");
            _sender = null;
            _parameters = null;
            _recipients.Clear();
        }

        public ValueTask DisposeAsync()
        {
            owner.Events.Enqueue("disposed");
            return ValueTask.CompletedTask;
        }

        private static SmtpReply? Decide(string? name) => name switch
        {
            "refused" => new SmtpReply(550, new(5, 1, 1), "No such mailbox"),
            "later" => new SmtpReply(451, new(4, 7, 1), "Greylisted"),
            "fault" => throw new InvalidOperationException("a fault"),
            _ => null,
        };
    }

    private sealed class Sink(bool isFull) : MessageSink
    {
        public MemoryStream Octets { get; } = new();

        public override long Length => Octets.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
        {
            if (isFull)
            {
                throw new IOException("No space left on device");
            }

            Octets.Write(octets.Span);
            return ValueTask.CompletedTask;
        }

        public override ValueTask DisposeAsync() => Octets.DisposeAsync();
    }
}
