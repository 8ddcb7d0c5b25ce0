namespace PluginMail.Imap;

/// <summary>How reading a command ended.</summary>
internal enum CommandStatus
{
    /// <summary>The command is there.</summary>
    Ok,

    /// <summary>A line was too long; it was passed over.</summary>
    LineTooLong,

    /// <summary>A literal was too large; the client has been told nothing yet and sends nothing of it.</summary>
    LiteralTooLarge,

    /// <summary>A literal that is sent without asking was too large: the rest of the input cannot be told from it.</summary>
    LiteralFlood,

    /// <summary>The client is gone.</summary>
    Closed,

    /// <summary>The client was silent for too long.</summary>
    TimedOut,

    /// <summary>The server is stopping.</summary>
    Stopping,
}

/// <summary>A command that was read.</summary>
/// <param name="Status">How the read ended.</param>
/// <param name="Octets">The command with its literals, without the last line end; valid until the next read. Where a literal was too large, what came before.</param>
/// <param name="Message">The message literal of APPEND, which is still to be read.</param>
internal readonly record struct CommandRead(CommandStatus Status, ReadOnlyMemory<byte> Octets, MessageLiteral? Message);
