namespace PluginMail.Dlp.Rules;

/// <summary>
/// Follows a search through a text, a little ahead of it, and tells the tallies of words and ends of parts. A text without numbers that need a
/// word is not read.
/// </summary>
internal sealed class ContextReader(ContextWords words, PatternTally[] tallies)
{
    private const int Before = 80;
    private const int Behind = 40;
    private const int Piece = 1 << 16;
    private readonly Queue<Occurrence> _ahead = new();
    private int _read;

    /// <summary>Reads to a number and a little on. What begins before it is told.</summary>
    public void MoveTo(ReadOnlySpan<char> text, int start, int end)
    {
        int to = Math.Min(text.Length, end + Behind);
        do
        {
            int next = Math.Min(to, _read + Piece);
            if (next > _read)
            {
                words.Read(text, _read, next, _ahead);
                _read = next;
            }

            while (_ahead.TryPeek(out var word) && word.Start < start)
            {
                Tell(text, _ahead.Dequeue());
            }
        }
        while (_read < to);
    }

    /// <summary>Whether a word of a rule stands near a number that was moved to.</summary>
    public bool IsNear(int rule, int start, int end)
    {
        if (tallies[rule].LastWord >= start - Before)
        {
            return true;
        }

        foreach (var next in _ahead)
        {
            if (next.Start >= end && next.End <= end + Behind && next.Rules.Contains(rule))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The text ends.</summary>
    public void End(ReadOnlySpan<char> text)
    {
        if (Array.Exists(tallies, tally => tally.IsWaiting))
        {
            MoveTo(text, text.Length, text.Length);
        }

        Array.ForEach(tallies, tally => tally.EndPart());
    }

    private void Tell(ReadOnlySpan<char> text, Occurrence next)
    {
        foreach (int rule in next.Rules)
        {
            tallies[rule].TakeWord(text, next.Start, next.End);
        }

        if (next.Rules.IsEmpty)
        {
            Array.ForEach(tallies, tally => tally.EndPart());
        }
    }
}
