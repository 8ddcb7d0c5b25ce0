using System.Collections.Immutable;
using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Testing;
using PluginMail.Testing.Plugins;

namespace PluginMail.Connectors.Tests.Milter;

/// <summary>A session that the Milter plugin is asked about, as the pipeline asks it.</summary>
internal sealed class MilterTalk(PluginBench bench) : ILeasedSession, IAsyncDisposable
{
    private readonly SessionRoleLease?[] _leases = new SessionRoleLease?[bench.Roles.SessionChecks.Length];
    private EmailAddress? _sender;
    private ImmutableArray<EsmtpParameter> _parameters = [];

    /// <summary>Of session checks' questions; null is that none is told. The message's own is t1.</summary>
    public string? TransactionId { get; set; }

    public string Id => "s1";

    public string Protocol { get; init; } = "smtp";

    public IPEndPoint? RemoteEndPoint { get; init; } = new(IPAddress.Parse("192.0.2.7"), 40_000);

    public IPEndPoint? LocalEndPoint { get; } = new(IPAddress.Parse("198.51.100.1"), 25);

    public string? HelloName { get; set; }

    public bool IsEncrypted { get; set; }

    public string? TlsProtocol => IsEncrypted ? "TLSv1.3" : null;

    public string? TlsCipher => IsEncrypted ? "TLS_AES_256_GCM_SHA384" : null;

    public EmailAddress? Authenticated { get; set; }

    public string? AuthenticationMechanism => Authenticated is null ? null : "PLAIN";

    public Direction Direction => Authenticated is null ? Direction.Incoming : Direction.Outgoing;

    public ReadOnlySpan<SessionRoleLease?> Leases => _leases;

    public IAsyncDisposable? StateOf(ISessionCheck check)
    {
        foreach (var lease in _leases)
        {
            if (lease?.StateOf(check) is { } state)
            {
                return state;
            }
        }

        return null;
    }

    public Task<string> ConnectAsync() => AskAsync(SessionStages.Connect);

    public Task<string> GreetAsync(string name = "client.example.org")
    {
        HelloName = name;
        return AskAsync(SessionStages.Greet);
    }

    public Task<string> SenderAsync(string address = "a@example.org", params EsmtpParameter[] parameters)
    {
        _sender = address.Length == 0 ? null : TemporaryStore.Address(address);
        _parameters = [.. parameters];
        return AskAsync(SessionStages.Sender);
    }

    public Task<string> RecipientAsync(string address = "b@example.test", params EsmtpParameter[] parameters) =>
        AskAsync(SessionStages.Recipient, TemporaryStore.Address(address), [.. parameters]);

    public Task<string> RefusedAsync(SmtpReply refusal, string address = "nobody@example.test") =>
        AskAsync(SessionStages.RefusedRecipient, TemporaryStore.Address(address), refusal: refusal);

    public Task<string> DataAsync() => AskAsync(SessionStages.Data);

    public Task<string> UnknownAsync(string command) => AskAsync(SessionStages.UnknownCommand, command: command);

    /// <summary>Asks all editors, each about the message as it came.</summary>
    public Task<Verdict> MessageAsync(string text = "Subject: x\r\n\r\nbody\r\n") => MessageAsync(
        new FakeMessage(new MemoryContent(Encoding.Latin1.GetBytes(text)), [.. Fields(text)]) { Direction = Direction, BroughtBy = this });

    public async Task<Verdict> MessageAsync(IMessageView message)
    {
        var verdict = Verdict.Pass;
        foreach (var editor in bench.Roles.MessageEditors)
        {
            var answer = await editor.AskAsync(message, CancellationToken.None);
            Assert.Null(answer.Fault);
            verdict = verdict.IsPlainPass ? answer.Value : verdict with { Effects = [.. verdict.Effects, .. answer.Value.Effects] };
        }

        return verdict;
    }

    /// <summary>A whole transaction.</summary>
    public async Task<Verdict> SendAsync(string text = "Subject: x\r\n\r\nbody\r\n")
    {
        Assert.Equal(["", "", "", ""], [await ConnectAsync(), await GreetAsync(), await SenderAsync(), await RecipientAsync()]);
        return await MessageAsync(text);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lease in _leases)
        {
            if (lease is not null)
            {
                await lease.DisposeAsync();
            }
        }
    }

    public static string Text(Effect effect) => effect switch
    {
        HeaderEdit.Insert insert => $"{insert.Position} {insert.Name}:{Encoding.Latin1.GetString(insert.RawValue.Span)}",
        HeaderEdit.Remove remove => $"-{remove.Name} {remove.Index}",
        Effect.ReplaceBody body => $"body {Encoding.Latin1.GetString(body.Octets.Span)}",
        Effect.AddRecipient { Dsn: { } dsn } add => $"+{add.Recipient} {dsn.Notify?.ToString() ?? "-"} {dsn.OriginalRecipient ?? "-"}",
        Effect.AddRecipient add => $"+{add.Recipient}",
        Effect.RemoveRecipient remove => $"-{remove.Recipient}",
        Effect.ChangeSender change => $"from {change.Sender}{(change.Return is { } returned ? $" {returned}" : "")}{(change.EnvelopeId is { } id ? $" {id}" : "")}",
        _ => effect.ToString(),
    };

    private static IEnumerable<MessageHeader> Fields(string text) =>
        text.Split("\r\n\r\n")[0].Replace("\r\n ", "\n ", StringComparison.Ordinal).Replace("\r\n\t", "\n\t", StringComparison.Ordinal).Split("\r\n")
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2 && pair[0].Length > 0 && !char.IsWhiteSpace(pair[0][0]) && !pair[0].StartsWith("From ", StringComparison.Ordinal))
            .Select(pair => new MessageHeader(
                pair[0].TrimEnd(), pair[1].Replace("\n", "", StringComparison.Ordinal).Trim(), Encoding.Latin1.GetBytes(pair[1].Replace("\n", "\r\n", StringComparison.Ordinal))));

    private async Task<string> AskAsync(
        SessionStages stage, EmailAddress? recipient = null, ImmutableArray<EsmtpParameter>? parameters = null, SmtpReply? refusal = null, string? command = null)
    {
        var context = new SessionCheckContext(stage, this, _sender, stage is >= SessionStages.Sender and not SessionStages.UnknownCommand, recipient)
        {
            TransactionId = stage >= SessionStages.Sender ? TransactionId : null,
            SenderParameters = stage >= SessionStages.Sender ? _parameters : [],
            RecipientParameters = parameters ?? [],
            Refusal = refusal,
            Command = command,
        };
        for (int i = 0; i < _leases.Length; i++)
        {
            _leases[i] ??= bench.Roles.SessionChecks[i].Begin(this);
            var answer = await _leases[i]!.AskAsync(context, CancellationToken.None);
            Assert.Null(answer.Fault);
            switch (answer.Value.Decision)
            {
                case Decision.Refuse refuse:
                    return refuse.Reply.ToString();
                case Decision.Defer defer:
                    return defer.Reply.ToString();
            }
        }

        return "";
    }
}
