using System.Buffers.Text;
using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>BDAT (RFC 3030 section 2): a chunk of the message follows.</summary>
/// <param name="Size">Octets.</param>
/// <param name="IsLast">Whether the message ends with it.</param>
internal sealed record BdatCommand(long Size, bool IsLast)
{
    /// <summary>Legal in every phase as far as the table goes: the chunk has to be passed over before it can be refused.</summary>
    public static readonly Verb Verb = new Verb<BdatCommand>("BDAT", SessionPhases.Any, Parse, BdatHandler.HandleAsync);

    private static readonly BdatCommand Unreadable = new(-1, IsLast: false);

    /// <summary>Whether the size could be read.</summary>
    public bool IsReadable => Size >= 0;

    public static Parsed<BdatCommand> Parse(ReadOnlySpan<byte> argument)
    {
        if (argument.IsEmpty || !char.IsAsciiDigit((char)argument[0]) || !Utf8Parser.TryParse(argument, out long size, out int length))
        {
            return Unreadable;
        }

        ReadOnlySpan<byte> rest = argument[length..];
        return rest.IsEmpty ? new BdatCommand(size, IsLast: false)
            : rest[0] == ' ' && Ascii.EqualsIgnoreCase(rest.TrimStart((byte)' '), "LAST"u8) ? new BdatCommand(size, IsLast: true)
            : Unreadable;
    }
}

/// <summary>Handles BDAT.</summary>
internal static class BdatHandler
{
    public static ValueTask<Outcome> HandleAsync(BdatCommand command, SessionContext session, CancellationToken cancellationToken) => new(
        !command.IsReadable ? new Outcome.Close(SmtpReplies.InvalidChunk)
        : Refusal(session) is { } refusal ? new Outcome.DiscardChunk(command.Size, refusal)
        : new Outcome.ReceiveChunk(command.Size, command.IsLast));

    private static SmtpReply? Refusal(SessionContext session) => session.Phase switch
    {
        SessionPhases.Fresh or SessionPhases.Idle => Verb.OutOfSequence(session.Phase),
        SessionPhases.Sender => session.HasRefusedRecipient ? SmtpReplies.NoValidRecipients : SmtpReplies.RecipientFirst,
        _ => null,
    };
}
