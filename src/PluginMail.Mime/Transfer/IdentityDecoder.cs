using System.Buffers;

namespace PluginMail.Mime;

/// <summary>7bit, 8bit and binary: the bytes as they are.</summary>
internal sealed class IdentityDecoder : TransferDecoder
{
    public override void Append(ReadOnlySpan<byte> piece, IBufferWriter<byte> output) => output.Write(piece);

    public override void Finish(IBufferWriter<byte> output)
    {
    }
}
