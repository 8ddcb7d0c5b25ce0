using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Connectors.Tests.Support;

/// <summary>Octets that lie nowhere as a whole: filler, then a text.</summary>
internal sealed class LongContent(long fill, string text) : MessageContent
{
    private readonly byte[] _end = Encoding.Latin1.GetBytes(text);

    public override long Length => fill + _end.Length;

    public int LongestRead { get; private set; }

    public override int Read(long offset, Span<byte> destination)
    {
        LongestRead = Math.Max(LongestRead, destination.Length);
        int count = (int)Math.Min(destination.Length, Length - offset);
        for (int i = 0; i < count; i++)
        {
            destination[i] = offset + i < fill ? (byte)'x' : _end[offset + i - fill];
        }

        return count;
    }
}
