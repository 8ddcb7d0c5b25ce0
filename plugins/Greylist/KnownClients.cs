namespace PluginMail.Greylist;

/// <summary>Keeps of which networks and domains so much came again that they wait no longer.</summary>
internal sealed class KnownClients(GreylistOptions options, Notes notes)
{
    private const int Tries = 4;

    // One message to many recipients is one retry.
    private static readonly TimeSpan PassPause = TimeSpan.FromHours(1);

    /// <summary>Whether the network or the domain has come again often enough to wait no longer.</summary>
    public async ValueTask<bool> AreWhiteAsync(Origin origin, CancellationToken cancellationToken)
    {
        if (options.ClientPasses == 0)
        {
            return false;
        }

        bool isNetwork = await IsWhiteAsync(origin.Network, cancellationToken);
        bool isDomain = origin.Domain is { } domain && await IsWhiteAsync(domain, cancellationToken);
        if (isDomain && !isNetwork && origin.HasVouchedNow)
        {
            await NoteVouchedAsync(origin, cancellationToken);
        }

        return isNetwork || isDomain;
    }

    /// <summary>Whether a domain that waits no longer vouched for a client of a network of late.</summary>
    public async ValueTask<bool> HasVouchedAsync(string domain, string network, CancellationToken cancellationToken) =>
        options.ClientPasses > 0 && (await notes.ReadAsync(Remembered.VouchedKey(domain, network), cancellationToken)).Known is not null;

    /// <summary>Notes that one more of a network's or domain's correspondences passed, an hour or more after the one before.</summary>
    /// <returns>Whether it waits no longer from now on.</returns>
    public async ValueTask<bool> PassAsync(string origin, CancellationToken cancellationToken)
    {
        if (options.ClientPasses == 0)
        {
            return false;
        }

        for (int i = 0; i < Tries; i++)
        {
            var note = await notes.ReadAsync(Remembered.ClientKey(origin), cancellationToken);
            var now = notes.Now();
            var known = note.Known ?? new Remembered(0, now, now);
            if (known.Passes > 0 && now - known.Last < PassPause)
            {
                return false;
            }

            known = known with { Passes = known.Passes + 1, Last = now };
            if (await notes.WriteAsync(note, known, options.WhiteFor, cancellationToken))
            {
                return known.Passes == options.ClientPasses;
            }
        }

        return false;
    }

    private async ValueTask<bool> IsWhiteAsync(string origin, CancellationToken cancellationToken)
    {
        var note = await notes.ReadAsync(Remembered.ClientKey(origin), cancellationToken);
        if (note.Known is not { } known || known.Passes < options.ClientPasses)
        {
            return false;
        }

        await notes.RenewAsync(note, cancellationToken);
        return true;
    }

    private async ValueTask NoteVouchedAsync(Origin origin, CancellationToken cancellationToken)
    {
        var note = await notes.ReadAsync(Remembered.VouchedKey(origin.Domain!, origin.Network), cancellationToken);
        if (note.Known is not null)
        {
            await notes.RenewAsync(note, cancellationToken);
        }
        else if (await notes.MayNoteAsync(origin.Network, cancellationToken))
        {
            var now = notes.Now();
            await notes.WriteAsync(note, new Remembered(1, now, now), options.WhiteFor, cancellationToken);
        }
    }
}
