using System.Buffers;
using PluginMail.Dlp.Text;

namespace PluginMail.Dlp;

/// <summary>The text of a message while it is looked at: passed on to be fingerprinted, and kept for what needs to see it whole.</summary>
internal sealed class MailText(ITextSink? fingerprints, bool keeps) : ITextSink, IDisposable
{
    private char[] _characters = [];
    private int _length;

    /// <inheritdoc/>
    public bool IsFull => false;

    /// <summary>What was kept.</summary>
    public ReadOnlySpan<char> Kept => _characters.AsSpan(0, _length);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<char> text)
    {
        fingerprints?.Write(text);
        if (keeps && !text.IsEmpty)
        {
            Reserve(text.Length);
            text.CopyTo(_characters.AsSpan(_length));
            _length += text.Length;
        }
    }

    /// <inheritdoc/>
    public void Break()
    {
        fingerprints?.Break();
        if (keeps)
        {
            Reserve(1);
            _characters[_length++] = '\f';
        }
    }

    /// <summary>Forgets the text.</summary>
    public void Dispose()
    {
        if (_characters.Length > 0)
        {
            ArrayPool<char>.Shared.Return(_characters, clearArray: true);
            _characters = [];
            _length = 0;
        }
    }

    private void Reserve(int more)
    {
        if (_length + more > _characters.Length)
        {
            char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(16 * 1024, (_length + more) * 2));
            Kept.CopyTo(larger);
            if (_characters.Length > 0)
            {
                ArrayPool<char>.Shared.Return(_characters, clearArray: true);
            }

            _characters = larger;
        }
    }
}
