namespace PluginMail.Dnsbl;

/// <summary>
/// A list that has answered nobody for a minute rests: one that is gone for good would cost each new client the whole deadline. One question a
/// minute tries whether it is back.
/// </summary>
internal sealed class RestingLists(TimeProvider clock)
{
    /// <summary>How long nobody must have got an answer, and how long it rests before it is tried again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // A refusal that comes at once costs nobody anything, and whoever chooses the name that is asked for may have brought it about.
    private static readonly TimeSpan Costly = TimeSpan.FromSeconds(1);

    private const int FewestSilences = 5;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Silence> _silences = new(StringComparer.Ordinal);

    /// <summary>Whether a list is to be asked: where it rests, by the first in a minute alone.</summary>
    public bool MayAsk(string zone)
    {
        lock (_lock)
        {
            if (!_silences.TryGetValue(zone, out var silence) || !Rests(silence))
            {
                return true;
            }

            if (silence.Tried is { } tried && clock.GetElapsedTime(tried) < Patience)
            {
                return false;
            }

            _silences[zone] = silence with { Tried = clock.GetTimestamp() };
            return true;
        }
    }

    /// <summary>It answered, whatever it said.</summary>
    public void Answered(string zone)
    {
        lock (_lock)
        {
            _silences.Remove(zone);
        }
    }

    /// <summary>It did not answer.</summary>
    /// <param name="zone">The list.</param>
    /// <param name="waited">How long somebody waited for it.</param>
    public void WasSilent(string zone, TimeSpan waited)
    {
        if (waited < Costly)
        {
            return;
        }

        lock (_lock)
        {
            var silence = _silences.GetValueOrDefault(zone) ?? new Silence(0, clock.GetTimestamp(), Tried: null);
            _silences[zone] = silence with { Count = silence.Count + 1 };
        }
    }

    private bool Rests(Silence silence) => silence.Count >= FewestSilences && clock.GetElapsedTime(silence.Since) >= Patience;

    /// <param name="Count">How often it was waited for in vain.</param>
    /// <param name="Since">When for the first time.</param>
    /// <param name="Tried">When it was asked last since it rests.</param>
    private sealed record Silence(int Count, long Since, long? Tried);
}
