using PluginMail.Abstractions;

namespace PluginMail.Greylist;

/// <summary>What is kept under a key, as it was read.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The octets.</param>
/// <param name="Known">What they say; null where there are none, or none that say something.</param>
internal readonly record struct Note(string Key, byte[]? Value, Remembered? Known);

/// <summary>Reads and writes notes in the state that all servers on one store share.</summary>
internal sealed class Notes(GreylistOptions options, IStateStore state, TimeProvider clock)
{
    // What is used stays; it need not be written each time for that.
    private const int RenewalsInLifetime = 10;

    private static readonly TimeSpan CountedFor = TimeSpan.FromHours(1);

    /// <summary>Now, in whole seconds as notes have it.</summary>
    public DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());

    public async ValueTask<Note> ReadAsync(string key, CancellationToken cancellationToken)
    {
        byte[]? value = await state.GetAsync(key, cancellationToken);
        return new Note(key, value, Remembered.Read(value));
    }

    /// <summary>Writes over what was read.</summary>
    /// <returns>False where somebody else has meanwhile.</returns>
    public ValueTask<bool> WriteAsync(Note read, Remembered known, TimeSpan lifetime, CancellationToken cancellationToken) =>
        state.CompareExchangeAsync(read.Key, read.Value, known.Write(), lifetime, cancellationToken);

    /// <summary>Has what passed live on, as it is used.</summary>
    public async ValueTask RenewAsync(Note read, CancellationToken cancellationToken)
    {
        var now = Now();
        if (read.Known is { } known && now - known.Last >= options.WhiteFor / RenewalsInLifetime)
        {
            await WriteAsync(read, known with { Last = now }, options.WhiteFor, cancellationToken);
        }
    }

    /// <summary>Counts something new of a network.</summary>
    /// <returns>False where the network has so much in this hour that no more is noted.</returns>
    public async ValueTask<bool> MayNoteAsync(string network, CancellationToken cancellationToken) =>
        await state.AddAsync(Remembered.NewKey(network), 1, CountedFor, cancellationToken) <= options.NewPerHour;
}
