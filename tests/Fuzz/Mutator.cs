namespace PluginMail.Fuzz;

/// <summary>Changes inputs: bytes, cuts, copies, repeats, joins with another seed, and words that mean something to the target.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words, int seed)
{
    private const int MaxLength = 64 * 1024;

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var input = (byte[])seeds[_random.Next(seeds.Count)].Clone();
        for (var changes = _random.Next(1, 9); changes > 0; changes--)
        {
            input = Change(input);
        }
        return input.Length > MaxLength ? input[..MaxLength] : input;
    }

    private byte[] Change(byte[] input)
    {
        var at = _random.Next(input.Length + 1);
        var end = _random.Next(at, Math.Min(input.Length, at + 64) + 1);
        switch (_random.Next(7))
        {
            case 0 when input.Length > 0:
                input[_random.Next(input.Length)] = (byte)_random.Next(256);
                return input;
            case 1 when input.Length > 0:
                input[_random.Next(input.Length)] ^= (byte)(1 << _random.Next(8));
                return input;
            case 2:
                return [.. input.AsSpan(0, at), .. input.AsSpan(end)];
            case 3:
                return [.. input.AsSpan(0, end), .. input.AsSpan(at)];
            case 4:
                var word = words[_random.Next(words.Count)];
                return [.. input.AsSpan(0, at), .. Repeated(word, _random.Next(20) == 0 ? _random.Next(1, 500) : 1), .. input.AsSpan(at)];
            case 5:
                var other = seeds[_random.Next(seeds.Count)];
                return [.. input.AsSpan(0, at), .. other.AsSpan(_random.Next(other.Length + 1))];
            default:
                return input[..at];
        }
    }

    private static byte[] Repeated(byte[] word, int times)
    {
        var result = new byte[word.Length * times];
        for (var i = 0; i < times; i++)
        {
            word.CopyTo(result, i * word.Length);
        }
        return result;
    }
}
