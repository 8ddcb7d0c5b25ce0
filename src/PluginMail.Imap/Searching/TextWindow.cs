using System.Buffers;
using System.Text;

namespace PluginMail.Imap;

/// <summary>The stretch of a text that is searched: the last piece with the end of the one before, so that nothing is missed at a seam.</summary>
/// <param name="encoding">What the octets are.</param>
/// <param name="needle">What is looked for.</param>
internal sealed class TextWindow(Encoding encoding, Needle needle)
{
    private readonly Decoder _decoder = encoding.GetDecoder();
    private char[] _text = ArrayPool<char>.Shared.Rent(4096);
    private int _kept;

    /// <summary>Takes the next octets.</summary>
    /// <returns>True where the text was found.</returns>
    public bool Append(ReadOnlySpan<byte> octets)
    {
        int most = _kept + encoding.GetMaxCharCount(octets.Length);
        if (most > _text.Length)
        {
            char[] larger = ArrayPool<char>.Shared.Rent(most);
            _text.AsSpan(0, _kept).CopyTo(larger);
            ArrayPool<char>.Shared.Return(_text);
            _text = larger;
        }

        int length = _kept + _decoder.GetChars(octets, _text.AsSpan(_kept), flush: false);
        if (needle.IsIn(_text.AsSpan(0, length)))
        {
            return true;
        }

        _kept = Math.Min(length, needle.Text.Length - 1);
        _text.AsSpan(length - _kept, _kept).CopyTo(_text);
        return false;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release() => ArrayPool<char>.Shared.Return(_text);
}
