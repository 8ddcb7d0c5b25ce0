using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Pipeline;

/// <summary>A message that is being received: into the store's spool, its structure read on the way.</summary>
internal sealed class SpooledMessage(IBodySpool spool, long traceLength) : MessageSink
{
    private readonly MimeScanner _scanner = new();

    public override long Length => spool.Length - traceLength;

    /// <summary>Begins a message with its trace header.</summary>
    public static SpooledMessage Begin(IBodyStore bodies, ReadOnlyMemory<byte> traceHeader)
    {
        IBodySpool spool = bodies.CreateSpool();
        var message = new SpooledMessage(spool, traceHeader.Length);
        message._scanner.Append(traceHeader.Span);
        ValueTask write = spool.WriteAsync(traceHeader, CancellationToken.None);
        System.Diagnostics.Debug.Assert(write.IsCompletedSuccessfully, "the first octets of a spool stay in memory");
        return message;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        _scanner.Append(octets.Span);
        return spool.WriteAsync(octets, cancellationToken);
    }

    /// <summary>Ends the message.</summary>
    public async ValueTask<MailMessage> CompleteAsync(CancellationToken cancellationToken)
    {
        MessageContent content = await spool.CompleteAsync(cancellationToken);
        return new MailMessage(content, _scanner.Finish());
    }

    public override ValueTask DisposeAsync() => spool.DisposeAsync();
}
