using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>A message that is being received: into the store's spool, its structure read on the way.</summary>
internal sealed class SpooledMessage : MessageSink
{
    private readonly MimeScanner _scanner = new();
    private readonly IBodySpool _spool;
    private List<byte>? _start; // the first octets, until they show whether there is a header
    private long _length;

    private SpooledMessage(IBodySpool spool, ReadOnlyMemory<byte> traceHeader)
    {
        _spool = spool;
        TraceHeader = traceHeader;
        _start = traceHeader.IsEmpty ? null : [];
    }

    public override long Length => _length;

    /// <summary>The field that this server put above the message; empty where it put none.</summary>
    public ReadOnlyMemory<byte> TraceHeader { get; }

    /// <summary>Begins a message with its trace header.</summary>
    public static SpooledMessage Begin(IBodyStore bodies, ReadOnlyMemory<byte> traceHeader)
    {
        var message = new SpooledMessage(bodies.CreateSpool(), traceHeader);
        ValueTask write = message.TakeAsync(traceHeader, CancellationToken.None);
        System.Diagnostics.Debug.Assert(write.IsCompletedSuccessfully, "the first octets of a spool stay in memory");
        return message;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        _length += octets.Length;
        return _start is null ? TakeAsync(octets, cancellationToken) : StartAsync(octets, cancellationToken);
    }

    /// <summary>Ends the message.</summary>
    public async ValueTask<MailMessage> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_start is { } start)
        {
            _start = null;
            await PutAsync([.. start], MessageStart.BeginsHeader([.. start], isWhole: true) != false, cancellationToken);
        }

        MessageContent content = await _spool.CompleteAsync(cancellationToken);
        return new MailMessage(content, _scanner.Finish()) { Spool = _spool };
    }

    public override ValueTask DisposeAsync() => _spool.DisposeAsync();

    private ValueTask StartAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        if (_start!.Count == 0 && MessageStart.BeginsHeader(octets.Span, isWhole: false) == true)
        {
            _start = null; // nearly every message
            return TakeAsync(octets, cancellationToken);
        }

        _start.AddRange(octets.Span);
        byte[] all = [.. _start];
        if (MessageStart.BeginsHeader(all, isWhole: false) is not { } beginsHeader)
        {
            return ValueTask.CompletedTask;
        }

        _start = null;
        return PutAsync(all, beginsHeader, cancellationToken);
    }

    // A message without a header is a body: the empty line keeps the trace header from swallowing it.
    private async ValueTask PutAsync(byte[] octets, bool beginsHeader, CancellationToken cancellationToken)
    {
        if (!beginsHeader)
        {
            await TakeAsync("\r\n"u8.ToArray(), cancellationToken);
        }

        await TakeAsync(octets, cancellationToken);
    }

    private ValueTask TakeAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        _scanner.Append(octets.Span);
        return _spool.WriteAsync(octets, cancellationToken);
    }
}
