using PluginMail.Dlp.Text;

namespace PluginMail.Dlp.Fingerprints;

/// <summary>A hash that stands for some words, and where they are.</summary>
/// <param name="Hash">Of <see cref="Winnower.HashBits"/> bits.</param>
/// <param name="Position">The number of the first of the words in the text.</param>
internal readonly record struct Fingerprint(ulong Hash, int Position);

/// <summary>
/// Chooses the fingerprints of a text: every run of <see cref="ShingleWords"/> words is hashed, and of every <see cref="Window"/> runs that
/// follow each other the least hash is kept, the last of equal ones (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003). So two texts that
/// share <see cref="GuaranteedWords"/> words in a row share a fingerprint, while only about one hash in eight is kept.
/// </summary>
/// <param name="key">The index's own number: hashes of one index say nothing about another's.</param>
/// <param name="found">Takes each fingerprint, in the order of the text.</param>
internal sealed class Winnower(ulong key, Action<Fingerprint> found) : ITextSink
{
    /// <summary>Words in a run.</summary>
    public const int ShingleWords = 5;

    /// <summary>Runs of which one is kept.</summary>
    public const int Window = 16;

    /// <summary>Words in a row that certainly give a common fingerprint.</summary>
    public const int GuaranteedWords = ShingleWords + Window - 1;

    /// <summary>Bits of a hash.</summary>
    public const int HashBits = 40;

    // What parts two texts in the numbering of words.
    private const int Gap = 1000;
    private const ulong Base = 0xD6E8FEB86659FD93;
    private static readonly ulong Leaving = Power(ShingleWords - 1);

    private readonly ulong[] _words = new ulong[ShingleWords];
    private readonly ulong[] _window = new ulong[Window];
    private Words _reader;
    private ulong _rolling;
    private int _slot;
    private int _position;
    private int _inRun;
    private int _shingles;
    private int _least;
    private int _told = -1;

    /// <summary>Words so far.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public bool IsFull => _position > int.MaxValue / 2;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<char> text)
    {
        for (int i = _reader.TakeRun(text); i < text.Length; i += 1 + _reader.TakeRun(text[(i + 1)..]))
        {
            int ended = _reader.Take(text[i], out ulong first, out ulong second);
            if (ended != 0)
            {
                if ((ended & 1) != 0)
                {
                    AddWord(first);
                }

                if ((ended & 2) != 0)
                {
                    AddWord(second);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Break()
    {
        if (_reader.End(out ulong word))
        {
            AddWord(word);
        }

        if (_shingles is > 0 and < Window)
        {
            Tell(_least);
        }

        _position += _inRun > 0 ? Gap : 0;
        _inRun = _shingles = 0;
        _rolling = 0;
        _told = -1;
    }

    private static ulong Power(int exponent) => exponent == 0 ? 1 : unchecked(Base * Power(exponent - 1));

    private void AddWord(ulong word)
    {
        ref ulong oldest = ref _words[_slot];
        _slot = _slot == ShingleWords - 1 ? 0 : _slot + 1;
        if (_inRun >= ShingleWords)
        {
            _rolling -= oldest * Leaving;
        }

        oldest = word;
        _rolling = unchecked((_rolling * Base) + word);
        _inRun++;
        _position++;
        Count++;
        if (_inRun >= ShingleWords)
        {
            AddShingle(Hashes.Mix(_rolling ^ key));
        }
    }

    private void AddShingle(ulong hash)
    {
        int number = _shingles++;
        _window[(uint)number % Window] = hash;
        if (number == 0)
        {
            _least = 0;
        }
        else if (number - _least >= Window)
        {
            _least = Least(number);
        }
        else if (hash <= _window[(uint)_least % Window])
        {
            _least = number;
        }

        if (_shingles >= Window && _least != _told)
        {
            Tell(_least);
        }
    }

    private int Least(int last)
    {
        int least = last;
        ulong value = _window[(uint)last % Window];
        for (int i = last - 1; i > last - Window; i--)
        {
            ulong other = _window[(uint)i % Window];
            (least, value) = other < value ? (i, other) : (least, value);
        }

        return least;
    }

    // The least of many are small numbers: mixed again they fill their range evenly.
    private void Tell(int number)
    {
        _told = number;
        int last = _shingles - 1;
        int position = _position - ShingleWords - (last - number);
        found(new Fingerprint(Hashes.Mix(_window[number % Window]) >> (64 - HashBits), position));
    }
}
