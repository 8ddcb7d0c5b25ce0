namespace PluginMail.Greylist;

/// <summary>
/// Keeps which correspondence came when: under the client's network, and under the sender's domain where that vouches for the client. What is
/// known under one of them counts under both, so that it is the same correspondence whether or not SPF could be asked this time.
/// </summary>
internal sealed class Correspondences(GreylistOptions options, Notes notes)
{
    private const int Tries = 4;
    private static readonly TimeSpan ShortestLife = TimeSpan.FromSeconds(1);

    /// <summary>Whether a correspondence passed before; nothing is noted.</summary>
    public async ValueTask<bool> HavePassedAsync(Correspondence mail, CancellationToken cancellationToken) =>
        (await FindAsync(mail, cancellationToken)).Lead.Known is { Passes: > 0 };

    /// <summary>Notes that a correspondence came. What is new to a network counts once, and makes two notes at most.</summary>
    /// <returns>How it stands, and how long ago it came first.</returns>
    public async ValueTask<(Standing Standing, TimeSpan Age)> ComeAsync(Correspondence mail, CancellationToken cancellationToken)
    {
        bool? mayNote = null;
        for (int i = 0; i < Tries; i++)
        {
            var found = await FindAsync(mail, cancellationToken);
            if (found.IsNewToNetwork)
            {
                mayNote ??= await notes.MayNoteAsync(mail.Network, cancellationToken);
            }

            var now = notes.Now();
            var (standing, known) = Judge(found.Lead.Known, now);
            if (standing == Standing.New && mayNote == false)
            {
                return (Standing.Unnoted, TimeSpan.Zero);
            }

            if (!await NoteAsync(standing, found.Lead, known, now, cancellationToken))
            {
                continue;
            }

            if (found.Other is { } other && (other.Known is not null || mayNote != false))
            {
                await LevelAsync(other, known, now, cancellationToken);
            }

            return (standing, now - known.First);
        }

        return (Standing.Early, TimeSpan.Zero); // others write it all the time: one of them came again
    }

    private async ValueTask<Found> FindAsync(Correspondence mail, CancellationToken cancellationToken)
    {
        var byNetwork = await notes.ReadAsync(mail.NetworkKey, cancellationToken);
        if (mail.DomainKey is null)
        {
            return new Found(byNetwork, Other: null, byNetwork.Known is null);
        }

        var byDomain = await notes.ReadAsync(mail.DomainKey, cancellationToken);
        return IsAhead(byDomain.Known, byNetwork.Known)
            ? new Found(byDomain, byNetwork, byNetwork.Known is null)
            : new Found(byNetwork, byDomain, byNetwork.Known is null);
    }

    private (Standing Standing, Remembered Known) Judge(Remembered? lead, DateTimeOffset now) =>
        lead is not { } known ? (Standing.New, new Remembered(0, now, now))
        : known.Passes > 0 ? (Standing.White, known)
        : now - known.First < options.Delay ? (Standing.Early, known)
        : (Standing.Passed, known with { Passes = 1, Last = now });

    /// <returns>False where somebody else wrote the note meanwhile, and all is to be looked at again.</returns>
    private async ValueTask<bool> NoteAsync(Standing standing, Note lead, Remembered known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (standing is Standing.New or Standing.Passed)
        {
            return await notes.WriteAsync(lead, known, LifetimeOf(known, now), cancellationToken);
        }

        if (standing == Standing.White)
        {
            await notes.RenewAsync(lead, cancellationToken);
        }

        return true;
    }

    /// <summary>Has the other note say as much. What somebody else writes there meanwhile stands.</summary>
    private async ValueTask LevelAsync(Note other, Remembered known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (other.Known is { Passes: > 0 })
        {
            await notes.RenewAsync(other, cancellationToken);
        }
        else if (IsAhead(known, other.Known))
        {
            await notes.WriteAsync(other, known with { Last = now }, LifetimeOf(known, now), cancellationToken);
        }
    }

    /// <summary>Whether a note is worth more than another: it passed, or came first earlier.</summary>
    private static bool IsAhead(Remembered? note, Remembered? other) =>
        note is { } one
        && (other is not { } two || ((one.Passes > 0) == (two.Passes > 0) ? one.First < two.First : one.Passes > 0));

    private TimeSpan LifetimeOf(Remembered known, DateTimeOffset now)
    {
        var left = options.RetryWindow - (now - known.First);
        return known.Passes > 0 ? options.WhiteFor : left > ShortestLife ? left : ShortestLife;
    }

    /// <param name="Lead">The note that is worth more; the network's where both are worth the same.</param>
    /// <param name="Other">The other one; null where the domain does not vouch.</param>
    /// <param name="IsNewToNetwork">Whether nothing is known under the network.</param>
    private readonly record struct Found(Note Lead, Note? Other, bool IsNewToNetwork);
}
