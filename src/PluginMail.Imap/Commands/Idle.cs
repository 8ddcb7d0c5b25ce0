using System.Text;
using PluginMail.Transport;

namespace PluginMail.Imap;

/// <summary>IDLE (RFC 2177): news of the selected mailbox is told at once until the client says DONE.</summary>
internal sealed record Idle : ImapCommand
{
    /// <summary>Takes no arguments.</summary>
    public static Idle? Parse(ref ImapReader reader) => reader.ExpectEnd() ? new Idle() : null;

    /// <summary>Waits for the client and for news. While it waits, the session holds no buffer.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Idle command, CancellationToken cancellationToken)
    {
        session.Writer.Write("+ Idling\r\n"u8);
        await session.TellNewsAsync(cancellationToken);
        await session.Writer.FlushAsync(cancellationToken);
        using var endOfTelling = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var endOfReading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<LineRead> line = session.ReadIdleLineAsync(endOfReading.Token).AsTask();
        Task telling = TellUntilAsync(session, endOfTelling.Token, cancellationToken);
        bool isDeleted = await Task.WhenAny(line, telling) == telling;
        await (isDeleted ? endOfReading : endOfTelling).CancelAsync();
        LineRead read = await line;
        await telling; // a fault of the store or the client's end comes out here
        if (isDeleted)
        {
            await session.TellNewsAsync(cancellationToken);
            return Completion.Ok("Idled");
        }

        return Answer(session, read);
    }

    /// <summary>Tells news until <paramref name="stop"/>, or until the mailbox is deleted.</summary>
    private static async Task TellUntilAsync(ImapSession session, CancellationToken stop, CancellationToken cancellationToken)
    {
        try
        {
            Task inMailbox = Task.CompletedTask;
            while (session.Selected is not { Hold.IsDeleted: true })
            {
                inMailbox = inMailbox.IsCompleted
                    ? session.Selected?.Hold.WaitForNewsAsync(stop).AsTask() ?? Task.Delay(Timeout.InfiniteTimeSpan, session.Services.Clock, stop)
                    : inMailbox;
                await await Task.WhenAny(inMailbox, session.Annotations?.WaitAsync(stop) ?? inMailbox);
                if (session.Annotations is { } annotations)
                {
                    await annotations.TellAsync(session, cancellationToken);
                }

                session.Selected?.TellNews(session.Writer);
                await session.Writer.FlushAsync(cancellationToken); // not to be given up halfway: TLS could not go on
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The client has said something.
        }
    }

    private static Completion Answer(ImapSession session, LineRead read)
    {
        switch (read.Status)
        {
            case ReadStatus.Ok when IsDone(read):
                return Completion.Ok("Idled");
            case ReadStatus.Ok or ReadStatus.TooLong:
                return Completion.Bad("DONE was expected");
            case ReadStatus.TimedOut:
                session.SayBye("Silent for too long");
                break;
            case ReadStatus.Stopping:
                session.SayStopping();
                break;
            default:
                throw new ClientLostException("The client left while idling");
        }

        return Completion.Ok("Idled");
    }

    private static bool IsDone(LineRead read)
    {
        Span<byte> word = stackalloc byte[4];
        if (read.Line.Length != word.Length)
        {
            return false;
        }

        System.Buffers.BuffersExtensions.CopyTo(read.Line, word);
        return Ascii.EqualsIgnoreCase(word, "DONE"u8);
    }
}
