using System.Buffers;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>APPEND (RFC 3501 section 6.3.11, RFC 4315). The message is stored as it arrives, octet by octet, whatever it is.</summary>
/// <param name="Name">The mailbox.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="InternalDate">When it was received; null for now.</param>
internal sealed record Append(string Name, FlagSet Flags, DateTimeOffset? InternalDate) : ImapCommand
{
    /// <summary>Takes a mailbox, perhaps flags, perhaps a date, and the announcement of the message.</summary>
    public static Append? Parse(ref ImapReader reader)
    {
        FlagSet flags = FlagSet.Empty;
        DateTimeOffset? internalDate = null;
        if (!reader.ExpectSpace() || !reader.ReadMailbox(out string name) || !reader.ExpectSpace())
        {
            return null;
        }

        if (reader.Next == '(' && (!reader.ReadFlagList(out flags) || !reader.ExpectSpace()))
        {
            return null;
        }

        if (reader.Next == '"')
        {
            if (!reader.ReadDateTime(out DateTimeOffset date) || !reader.ExpectSpace())
            {
                return null;
            }

            internalDate = date;
        }

        return reader.ReadLiteralSize(out _, out _) ? new Append(name, flags, internalDate) : null;
    }

    /// <summary>Whether a command that ends in a literal's announcement is an APPEND whose literal is the message.</summary>
    public static bool IsMessageNext(ReadOnlySpan<byte> octets)
    {
        var reader = new ImapReader(octets);
        return reader.ReadTag(out _) && reader.TryTake((byte)' ') && reader.TryTakeWord("APPEND"u8) && reader.TryTake((byte)' ')
            && reader.ReadAString(out ReadOnlySpan<byte> _) && reader.TryTake((byte)' ');
    }

    /// <summary>Takes the message and commits it.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Append command, CancellationToken cancellationToken)
    {
        ImapServices services = session.Services;
        if (session.Message is not { } literal)
        {
            return Completion.Bad("The message is missing");
        }

        if (literal.Size > services.Options.MaximumMessageSize)
        {
            return Completion.No($"[TOOBIG] Messages have {services.Options.MaximumMessageSize} octets at most");
        }

        Folder? folder = await services.Store.Mailboxes.FindFolderAsync(session.Owner.Id, command.Name, cancellationToken);
        if (folder is not { IsSelectable: true })
        {
            return Completion.No("[TRYCREATE] There is no such mailbox");
        }

        if (literal.IsSynchronizing)
        {
            session.Writer.Write("+ Go on\r\n"u8);
            await session.Writer.FlushAsync(cancellationToken);
        }

        await using IBodySpool spool = services.Store.Bodies.CreateSpool();
        var scanner = new MimeScanner();
        await foreach (ReadOnlyMemory<byte> piece in literal.ReadAsync(session.Connection.Reader, services.Options.TransferTimeout, cancellationToken))
        {
            scanner.Append(piece.Span);
            await spool.WriteAsync(piece, cancellationToken);
        }

        return literal.EndsCommand
            ? await CommitAsync(session, command, folder, spool, scanner, cancellationToken)
            : Completion.Bad("The command should end behind the message");
    }

    private static async ValueTask<Completion> CommitAsync(
        ImapSession session, Append command, Folder folder, IBodySpool spool, MimeScanner scanner, CancellationToken cancellationToken)
    {
        var structure = new ArrayBufferWriter<byte>(1024);
        scanner.Finish().Encode(structure);
        using MessageContent content = await spool.CompleteAsync(cancellationToken);
        DateTimeOffset date = command.InternalDate ?? session.Services.Clock.GetUtcNow();
        var copy = new NewCopy(new NewBody(content, structure.WrittenMemory), folder.Id, default, command.Flags.System, command.Flags.Keywords, date);
        CommitResult result = await session.Services.Store.CommitAsync(new StoreBatch([copy], []), cancellationToken);
        CopyResult stored = result.Copies[0];
        if (stored.Status != CopyResultStatus.Stored)
        {
            return Completion.No(stored.Status == CopyResultStatus.OverQuota
                ? "[OVERQUOTA] The account may not hold so much"
                : "[TRYCREATE] There is no such mailbox");
        }

        session.Appended++;
        session.Services.Events.Publish(new MailboxEvent(session.Owner, MailboxChangeKind.Appended, folder, null, [stored.Uid]));
        await ScriptEvents.AppendedAsync(session, folder, stored.Uid, cancellationToken);
        return Completion.Ok($"[APPENDUID {stored.UidValidity} {stored.Uid}] Appended");
    }
}
