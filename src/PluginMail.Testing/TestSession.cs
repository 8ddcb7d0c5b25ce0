using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Testing;

/// <summary>A session as a test wants it. What a session check remembers of it is kept as the server keeps it.</summary>
public sealed class TestSession : ISessionView, IAsyncDisposable
{
    private readonly Dictionary<ISessionCheck, IAsyncDisposable?> _states = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    public string Id { get; init; } = "test-session";

    /// <inheritdoc/>
    public string Protocol { get; init; } = "smtp";

    /// <inheritdoc/>
    public IPEndPoint? RemoteEndPoint { get; init; } = new(IPAddress.Parse("192.0.2.1"), 50_000);

    /// <inheritdoc/>
    public IPEndPoint? LocalEndPoint { get; init; } = new(IPAddress.Parse("192.0.2.25"), 25);

    /// <inheritdoc/>
    public string? HelloName { get; set; } = "client.example.test";

    /// <inheritdoc/>
    public bool IsEncrypted => TlsProtocol is not null;

    /// <inheritdoc/>
    public string? TlsProtocol { get; set; }

    /// <inheritdoc/>
    public string? TlsCipher { get; set; }

    /// <inheritdoc/>
    public EmailAddress? Authenticated { get; set; }

    /// <inheritdoc/>
    public string? AuthenticationMechanism { get; set; }

    /// <inheritdoc/>
    public Direction Direction => Authenticated is null ? Direction.Incoming : Direction.Outgoing;

    /// <inheritdoc/>
    public IAsyncDisposable? StateOf(ISessionCheck check) => _states.GetValueOrDefault(check);

    /// <summary>Asks a session check as the server does: its state is made at the first question, and a stage that it does not name is passed.</summary>
    /// <param name="check">The check.</param>
    /// <param name="stage">Exactly one stage.</param>
    /// <param name="sender">The reverse path; null before MAIL and for the null sender.</param>
    /// <param name="recipient">The recipient; null at other stages.</param>
    /// <param name="cancellationToken">Given to the check.</param>
    /// <returns>Its verdict.</returns>
    public ValueTask<Verdict> AskAsync(
        ISessionCheck check,
        SessionStages stage,
        EmailAddress? sender = null,
        EmailAddress? recipient = null,
        CancellationToken cancellationToken = default)
    {
        bool hasSender = stage is SessionStages.Sender or SessionStages.Recipient or SessionStages.Data or SessionStages.RefusedRecipient;
        return AskAsync(check, new SessionCheckContext(stage, this, sender, hasSender, recipient), cancellationToken);
    }

    /// <summary>Asks a session check a question with all that the client said: parameters of MAIL and RCPT, a command that is not known, a refusal.</summary>
    /// <param name="check">The check.</param>
    /// <param name="context">The question, of this session.</param>
    /// <param name="cancellationToken">Given to the check.</param>
    /// <returns>Its verdict.</returns>
    public ValueTask<Verdict> AskAsync(ISessionCheck check, SessionCheckContext context, CancellationToken cancellationToken = default)
    {
        if ((check.Stages & context.Stage) == 0)
        {
            return new(Verdict.Pass);
        }

        if (!_states.TryGetValue(check, out var state))
        {
            _states[check] = state = check.BeginSession(this);
        }

        return check.CheckAsync(context, state, cancellationToken);
    }

    /// <summary>Ends the session: what checks remember is disposed.</summary>
    /// <returns>Completes when it is.</returns>
    public async ValueTask DisposeAsync()
    {
        foreach (var state in _states.Values.OfType<IAsyncDisposable>().ToList())
        {
            await state.DisposeAsync();
        }

        _states.Clear();
    }
}
