using System.Buffers;
using System.Text;
using PluginMail.Milter.Protocol;
using PluginMail.Text;

namespace PluginMail.Milter.Sessions;

/// <summary>Steps of the protocol over one connection: what the terms leave out is left out, and what is not answered is not waited for.</summary>
internal sealed class MilterDialog(MilterPeer peer, MilterConnection connection, MilterTerms terms) : IDisposable
{
    private static readonly TimeSpan QuitTimeout = TimeSpan.FromSeconds(1);

    private byte _skipped;

    public MilterConnection Connection => connection;

    public MilterTerms Terms => terms;

    /// <inheritdoc cref="MilterFigures.Now"/>
    public long Now => peer.Figures.Now;

    /// <summary>Why the transaction is to be held, where the milter said so before its end; libmilter does not let them, Postfix heeds it.</summary>
    public string? Quarantine { get; private set; }

    /// <summary>Tells macros for the next step: those the milter asked for, or the usual ones; of one that is longer than a packet nothing.</summary>
    public void Tell(byte command, MacroStage stage, MacroValues values)
    {
        ArrayBufferWriter<byte>? data = null;
        foreach (var (name, value) in values.At(stage, terms.Macros.GetValueOrDefault(stage)))
        {
            data ??= Begin(command);
            if (data.WrittenCount + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + 2 > MilterConnection.LongestData)
            {
                continue;
            }

            MilterConnection.WriteText(data, name);
            MilterConnection.WriteText(data, value);
        }

        if (data is not null)
        {
            connection.Write(MilterCommand.Macros, data.WrittenSpan);
        }
    }

    /// <summary>Makes a step.</summary>
    /// <param name="command">The command.</param>
    /// <param name="data">Its data.</param>
    /// <param name="without">The flag by which milters do without the step.</param>
    /// <param name="unanswered">The flag by which they do not answer it.</param>
    /// <param name="cancellationToken">Gives up; the dialog is of no more use then.</param>
    /// <exception cref="MilterFaultException">The milter failed.</exception>
    public async ValueTask<MilterReply> StepAsync(
        byte command, ReadOnlyMemory<byte> data, MilterSteps without, MilterSteps unanswered, CancellationToken cancellationToken)
    {
        if (command == _skipped || terms.Has(without))
        {
            return MilterReply.Continue.Instance;
        }

        _skipped = 0;
        connection.Write(command, data.Span);
        if (terms.Has(unanswered))
        {
            return MilterReply.Continue.Instance; // it is sent with the next step that is answered, or when it has grown
        }

        return await AnswerAsync(command, cancellationToken);
    }

    /// <summary>Reads the answer to a step; each sign of progress gives it its whole time again.</summary>
    public async ValueTask<MilterReply> AnswerAsync(byte command, CancellationToken cancellationToken)
    {
        long start = peer.Figures.Now;
        while (true)
        {
            var packet = await connection.ReadAsync(peer.Server.CommandTimeout, cancellationToken);
            switch (packet.Kind)
            {
                case MilterAnswer.Progress:
                    break;
                case MilterAnswer.Quarantine:
                    Quarantine = ReadReason(packet);
                    break;
                default:
                    var reply = MilterReply.Read(packet);
                    _skipped = reply is MilterReply.Skip ? command : _skipped;
                    Count(command, reply, start);
                    return reply;
            }
        }
    }

    /// <summary>Whether a step, for the macros before it, would not be made: because the milter has had enough of it.</summary>
    public bool Skips(byte command) => command == _skipped;

    /// <summary>A reason to quarantine, fit to be shown.</summary>
    public static string ReadReason(MilterPacket packet)
    {
        var data = new MilterPacketReader(packet.Data);
        return Printable.Of(data.ReadText());
    }

    /// <summary>What was said of a transaction is of no matter to the next.</summary>
    public void EndTransaction() => (Quarantine, _skipped) = (null, 0);

    /// <summary>Counts an answer to a step that was told at a time of <see cref="MilterFigures.Now"/>.</summary>
    public void Count(byte command, MilterReply reply, long since) => peer.Figures.Reply(peer.Server.Name, command, reply.Name, since);

    /// <summary>Sends what is not yet sent.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(peer.Server.CommandTimeout, cancellationToken);

    /// <summary>Reads one packet after the end of the message.</summary>
    public ValueTask<MilterPacket> ReadAsync(CancellationToken cancellationToken) =>
        connection.ReadAsync(peer.Server.MessageTimeout, cancellationToken);

    /// <summary>Forgets the transaction.</summary>
    public void Abort()
    {
        connection.Write(MilterCommand.Abort, []);
        EndTransaction();
    }

    /// <summary>Ends the session, and the connection with it where no other session follows.</summary>
    public ValueTask QuitAsync(bool forNextSession, CancellationToken cancellationToken)
    {
        EndTransaction();
        connection.Write(forNextSession ? MilterCommand.QuitForNextConnection : MilterCommand.Quit, []);
        return connection.FlushAsync(QuitTimeout, cancellationToken);
    }

    public void Dispose() => connection.Dispose();

    private static ArrayBufferWriter<byte> Begin(byte command)
    {
        var data = new ArrayBufferWriter<byte>(256);
        data.Write([command]);
        return data;
    }
}
