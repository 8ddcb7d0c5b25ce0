using System.Buffers;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Milter.Protocol;
using PluginMail.Milter.Sessions;

namespace PluginMail.Milter.Messages;

/// <summary>Tells a milter a message, from its header to its end, and reads what it makes of it.</summary>
internal sealed class MessageTransfer(MilterDialog dialog, MacroValues values, IMessageView message, MessageChanges changes)
{
    /// <summary>Whether the milter's transaction has ended: then it needs no abort.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Runs the steps until one decides.</summary>
    /// <exception cref="MilterFaultException">The milter failed.</exception>
    public async ValueTask<MilterReply> RunAsync(CancellationToken cancellationToken)
    {
        changes.BringsLeadingSpace = dialog.Terms.Has(MilterSteps.HeaderLeadingSpace);
        var reply = await HeaderAsync(cancellationToken);
        if (GoesOn(reply))
        {
            dialog.Tell(MilterCommand.EndOfHeader, MacroStage.EndOfHeader, values);
            reply = await dialog.StepAsync(
                MilterCommand.EndOfHeader, default, MilterSteps.NoEndOfHeader, MilterSteps.EndOfHeaderUnanswered, cancellationToken);
        }

        reply = GoesOn(reply) && !dialog.Terms.Has(MilterSteps.NoBody) ? await BodyAsync(cancellationToken) : reply;
        return GoesOn(reply) ? await EndAsync(cancellationToken) : reply;
    }

    private static bool GoesOn(MilterReply reply) => reply is MilterReply.Continue or MilterReply.Skip;

    private async ValueTask<MilterReply> HeaderAsync(CancellationToken cancellationToken)
    {
        var data = new ArrayBufferWriter<byte>(256);
        foreach (var field in changes.Shown)
        {
            data.ResetWrittenCount();
            Encoding.Latin1.GetBytes(field.Name.AsSpan(0, Math.Min(field.Name.Length, MilterConnection.LongestData - 2)), data);
            data.Write("\0"u8);
            WriteValue(field.RawValue.Span, data);
            data.Write("\0"u8);
            var reply = await dialog.StepAsync(
                MilterCommand.Header, data.WrittenMemory, MilterSteps.NoHeaders, MilterSteps.HeaderUnanswered, cancellationToken);
            if (reply is not MilterReply.Continue)
            {
                return reply;
            }
        }

        return MilterReply.Continue.Instance;
    }

    /// <summary>
    /// The value with line ends of one LF, and without its first space (a tab stays) unless the milter wants that; of a longer one what one packet
    /// takes with the NUL behind it.
    /// </summary>
    private void WriteValue(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> data)
    {
        if (!dialog.Terms.Has(MilterSteps.HeaderLeadingSpace) && value is [(byte)' ', ..])
        {
            value = value[1..];
        }

        foreach (byte octet in value)
        {
            if (data.WrittenCount == MilterConnection.LongestData - 1)
            {
                return;
            }

            if (octet is not ((byte)'\r' or 0))
            {
                data.Write([octet]);
            }
        }
    }

    private async ValueTask<MilterReply> BodyAsync(CancellationToken cancellationToken)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(MilterConnection.LongestData);
        try
        {
            long offset = changes.BodyStart;
            for (int count; (count = message.Content.Read(offset, chunk.AsSpan(0, MilterConnection.LongestData))) > 0; offset += count)
            {
                var reply = await dialog.StepAsync(
                    MilterCommand.Body, chunk.AsMemory(0, count), MilterSteps.None, MilterSteps.BodyUnanswered, cancellationToken);
                await dialog.FlushAsync(cancellationToken);
                if (reply is not MilterReply.Continue)
                {
                    return reply;
                }
            }

            return MilterReply.Continue.Instance;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private async ValueTask<MilterReply> EndAsync(CancellationToken cancellationToken)
    {
        dialog.Tell(MilterCommand.EndOfMessage, MacroStage.EndOfMessage, values);
        dialog.Connection.Write(MilterCommand.EndOfMessage, []);
        long start = dialog.Now;
        while (true)
        {
            var packet = await dialog.ReadAsync(cancellationToken);
            if (packet.Kind != MilterAnswer.Progress && !changes.TryTake(packet))
            {
                var reply = MilterReply.Read(packet);
                dialog.Count(MilterCommand.EndOfMessage, reply, start);
                HasEnded = true;
                return reply;
            }
        }
    }
}
