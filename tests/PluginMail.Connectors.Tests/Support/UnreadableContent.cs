using PluginMail.Abstractions;

namespace PluginMail.Connectors.Tests.Support;

/// <summary>A message whose file has gone bad: its first octets can be read.</summary>
internal sealed class UnreadableContent : MessageContent
{
    public override long Length => 100_000;

    public override int Read(long offset, Span<byte> destination) => offset > 0 ? throw new IOException("bad sector") : 1;
}
