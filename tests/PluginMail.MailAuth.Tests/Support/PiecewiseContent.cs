using PluginMail.Abstractions;

namespace PluginMail.MailAuth.Tests;

/// <summary>Octets that do not lie in memory as one block, as those of a large message in a file.</summary>
internal sealed class PiecewiseContent(byte[] octets) : MessageContent
{
    public override long Length => octets.Length;

    public override int Read(long offset, Span<byte> destination)
    {
        int count = (int)Math.Clamp(octets.Length - offset, 0, destination.Length);
        octets.AsSpan((int)Math.Min(offset, octets.Length), count).CopyTo(destination);
        return count;
    }
}
