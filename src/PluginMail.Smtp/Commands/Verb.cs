using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>Reads a command's argument. It knows nothing of the session.</summary>
internal delegate Parsed<TCommand> CommandParser<TCommand>(ReadOnlySpan<byte> argument)
    where TCommand : class;

/// <summary>Does a command's work and says what is to happen.</summary>
internal delegate ValueTask<Outcome> CommandHandler<in TCommand>(TCommand command, SessionContext session, CancellationToken cancellationToken);

/// <summary>A row of the table of verbs.</summary>
/// <param name="name">In upper case, 8 letters at the most.</param>
/// <param name="legal">The phases in which it is legal.</param>
internal abstract class Verb(string name, SessionPhases legal)
{
    /// <summary>Octets of the longest command line without its end (RFC 5321 section 4.5.3.1.4).</summary>
    public const int DefaultLineLength = 510;

    /// <summary>The verb.</summary>
    public string Name { get; } = name;

    /// <summary>Octets of the longest line without its end.</summary>
    public int LineLength { get; init; } = DefaultLineLength;

    /// <summary>Whether the argument may be UTF-8 (RFC 6531 section 3.3).</summary>
    public bool AllowsUtf8 { get; init; }

    /// <summary>The command's work.</summary>
    /// <param name="argument">What stands behind the verb, without spaces around it; not to be kept.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>What is to happen.</returns>
    public ValueTask<Outcome> RunAsync(ReadOnlySpan<byte> argument, SessionContext session, CancellationToken cancellationToken) =>
        (legal & session.Phase) == 0
            ? new ValueTask<Outcome>(OutOfSequence(session.Phase))
            : ParseAndHandleAsync(argument, session, cancellationToken);

    /// <summary>Why a command is not legal in a phase.</summary>
    /// <param name="phase">The phase.</param>
    /// <returns>The reply.</returns>
    public static SmtpReply OutOfSequence(SessionPhases phase) => phase switch
    {
        SessionPhases.Fresh => SmtpReplies.GreetFirst,
        SessionPhases.Idle => SmtpReplies.MailFirst,
        SessionPhases.Chunks => SmtpReplies.ChunksBegun,
        _ => SmtpReplies.TransactionOpen,
    };

    /// <summary>Parses and handles.</summary>
    protected abstract ValueTask<Outcome> ParseAndHandleAsync(ReadOnlySpan<byte> argument, SessionContext session, CancellationToken cancellationToken);
}

/// <inheritdoc/>
/// <typeparam name="TCommand">The command's record.</typeparam>
internal sealed class Verb<TCommand>(string name, SessionPhases legal, CommandParser<TCommand> parse, CommandHandler<TCommand> handle)
    : Verb(name, legal)
    where TCommand : class
{
    /// <inheritdoc/>
    protected override ValueTask<Outcome> ParseAndHandleAsync(ReadOnlySpan<byte> argument, SessionContext session, CancellationToken cancellationToken)
    {
        Parsed<TCommand> command = parse(argument);
        return command.Value is { } value ? handle(value, session, cancellationToken) : new ValueTask<Outcome>(command.Refusal!);
    }
}
