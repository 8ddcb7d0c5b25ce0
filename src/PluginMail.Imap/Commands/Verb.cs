namespace PluginMail.Imap;

/// <summary>A command of a client as data. Each verb has a record of its own.</summary>
internal abstract record ImapCommand;

/// <summary>Reads a command behind its verb; null with the reader's error where it is not well formed.</summary>
internal delegate TCommand? CommandParser<out TCommand>(ref ImapReader reader)
    where TCommand : ImapCommand;

/// <summary>Does a command: writes untagged responses, returns the tagged one.</summary>
internal delegate ValueTask<Completion> CommandHandler<in TCommand>(ImapSession session, TCommand command, CancellationToken cancellationToken)
    where TCommand : ImapCommand;

/// <summary>A row of the command table.</summary>
/// <param name="Name">The verb, in capitals; those of the UID family with <c>UID </c> before.</param>
/// <param name="LegalIn">The states in which it may be used.</param>
/// <param name="TellsNews">Whether changes of the selected mailbox may be told with its completion, EXPUNGE among them (RFC 3501 section 7.4.1).</param>
internal abstract record Verb(string Name, SessionStates LegalIn, bool TellsNews)
{
    /// <summary>Reads the command behind the verb.</summary>
    public abstract ImapCommand? Parse(ref ImapReader reader);

    /// <summary>Does the command.</summary>
    public abstract ValueTask<Completion> HandleAsync(ImapSession session, ImapCommand command, CancellationToken cancellationToken);
}

/// <summary>A row of the command table with its parser and handler.</summary>
internal sealed record Verb<TCommand>(
    string Name, SessionStates LegalIn, bool TellsNews, CommandParser<TCommand> Parser, CommandHandler<TCommand> Handler)
    : Verb(Name, LegalIn, TellsNews)
    where TCommand : ImapCommand
{
    /// <inheritdoc/>
    public override ImapCommand? Parse(ref ImapReader reader) =>
        Parser(ref reader) is { } command && (reader.IsAtEnd || reader.ExpectEnd()) ? command : null;

    /// <inheritdoc/>
    public override ValueTask<Completion> HandleAsync(ImapSession session, ImapCommand command, CancellationToken cancellationToken) =>
        Handler(session, (TCommand)command, cancellationToken);
}

/// <summary>A command line, read: what to do, or why not.</summary>
/// <param name="Tag">The tag; <c>*</c> where there was none.</param>
/// <param name="Verb">The verb; null where it is unknown.</param>
/// <param name="Command">The command; null where it is refused.</param>
/// <param name="Refusal">Why it is refused; null where it is not.</param>
internal sealed record Invocation(string Tag, Verb? Verb, ImapCommand? Command, Completion? Refusal);
