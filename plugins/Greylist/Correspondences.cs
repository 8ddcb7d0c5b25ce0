using PluginMail.Abstractions;

namespace PluginMail.Greylist;

/// <summary>How a correspondence stands.</summary>
internal enum Standing
{
    /// <summary>It is new, or its retry was not awaited any longer.</summary>
    New,

    /// <summary>It is new, and its network has so many others that are that it is not remembered.</summary>
    Unnoted,

    /// <summary>It came again too early.</summary>
    Early,

    /// <summary>It has just come again in time.</summary>
    Passed,

    /// <summary>It passed before.</summary>
    White,
}

/// <summary>Keeps who came when, in the state that all servers on one store share.</summary>
internal sealed class Memory(GreylistOptions options, IStateStore state, TimeProvider clock)
{
    private const int Tries = 4;

    // What is used stays; it need not be written each time for that.
    private const int RenewalsInLifetime = 10;

    private static readonly TimeSpan CountedFor = TimeSpan.FromHours(1);

    // One message to many recipients is one retry.
    private static readonly TimeSpan PassPause = TimeSpan.FromHours(1);

    /// <summary>Notes that a correspondence came.</summary>
    /// <param name="key">Its key, which a sender can make up as many of as it likes.</param>
    /// <param name="network">The client's network, of which it cannot.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it stands, and how long ago it came first.</returns>
    public async ValueTask<(Standing Standing, TimeSpan Age)> ComeAsync(string key, string network, CancellationToken cancellationToken)
    {
        var now = Now();
        bool isCounted = false;
        for (int i = 0; i < Tries; i++)
        {
            byte[]? value = await state.GetAsync(key, cancellationToken);
            if (Remembered.Read(value) is not { } known)
            {
                if (!isCounted && await state.AddAsync(Remembered.NewKey(network), 1, CountedFor, cancellationToken) > options.NewPerHour)
                {
                    return (Standing.Unnoted, TimeSpan.Zero);
                }

                isCounted = true;
                if (await state.CompareExchangeAsync(key, value, new Remembered(0, now, now).Write(), options.RetryWindow, cancellationToken))
                {
                    return (Standing.New, TimeSpan.Zero);
                }
            }
            else if (known.Passes > 0)
            {
                await RenewAsync(key, value, known, now, cancellationToken);
                return (Standing.White, now - known.First);
            }
            else if (now - known.First < options.Delay)
            {
                return (Standing.Early, now - known.First);
            }
            else if (await state.CompareExchangeAsync(key, value, (known with { Passes = 1, Last = now }).Write(), options.WhiteFor, cancellationToken))
            {
                return (Standing.Passed, now - known.First);
            }
        }

        return (Standing.Early, TimeSpan.Zero); // others write it all the time: one of them came again
    }

    /// <summary>Whether a client has come again often enough to wait no longer.</summary>
    public async ValueTask<bool> IsWhiteAsync(string key, CancellationToken cancellationToken)
    {
        byte[]? value = await state.GetAsync(key, cancellationToken);
        if (Remembered.Read(value) is not { } known || known.Passes < options.ClientPasses)
        {
            return false;
        }

        await RenewAsync(key, value, known, Now(), cancellationToken);
        return true;
    }

    /// <summary>Notes that one more of a client's correspondences passed, an hour or more after the one before.</summary>
    /// <returns>How many have; 0 where it does not count.</returns>
    public async ValueTask<int> PassAsync(string key, CancellationToken cancellationToken)
    {
        var now = Now();
        for (int i = 0; i < Tries; i++)
        {
            byte[]? value = await state.GetAsync(key, cancellationToken);
            var known = Remembered.Read(value) ?? new Remembered(0, now, now);
            if (known.Passes > 0 && now - known.Last < PassPause)
            {
                return 0;
            }

            known = known with { Passes = known.Passes + 1, Last = now };
            if (await state.CompareExchangeAsync(key, value, known.Write(), options.WhiteFor, cancellationToken))
            {
                return known.Passes;
            }
        }

        return 0;
    }

    private async ValueTask RenewAsync(string key, byte[]? value, Remembered known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - known.Last >= options.WhiteFor / RenewalsInLifetime)
        {
            await state.CompareExchangeAsync(key, value, (known with { Last = now }).Write(), options.WhiteFor, cancellationToken);
        }
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
}
