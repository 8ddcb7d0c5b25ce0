using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>The work of IMAP events: of one account in order, of several side by side. What waits for one account is bounded.</summary>
/// <param name="mostWaiting">How many messages may wait for an account; an event that comes while there are more waits for room.</param>
/// <param name="cut">Ends what runs and what waits.</param>
internal sealed class EventLanes(int mostWaiting, CancellationToken cut)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AccountId, Lane> _lanes = [];
    private bool _isClosed;

    /// <summary>How many messages wait or are being worked on.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _lanes.Values.Sum(static lane => lane.Messages);
            }
        }
    }

    /// <summary>Adds work behind the account's own.</summary>
    /// <param name="account">The account.</param>
    /// <param name="messages">How many messages it is about.</param>
    /// <param name="work">The work. Must not throw.</param>
    /// <param name="cancellationToken">Gives up before it is added.</param>
    /// <returns>Completes when it is added; the task inside when it is done. Null after <see cref="CloseAsync"/>.</returns>
    public async ValueTask<Task?> AddAsync(AccountId account, int messages, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task before;
            lock (_lock)
            {
                if (_isClosed)
                {
                    return null;
                }

                if (!_lanes.TryGetValue(account, out Lane? lane))
                {
                    _lanes[account] = lane = new Lane();
                }

                if (lane.Messages == 0 || lane.Messages + messages <= mostWaiting)
                {
                    lane.Messages += messages;
                    lane.Events++;
                    return lane.Tail = RunAsync(account, lane, messages, lane.Tail, work);
                }

                before = lane.Tail;
            }

            await before.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes no more work.</summary>
    /// <returns>Completes when what waits is done.</returns>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            return Task.WhenAll(_lanes.Values.Select(static lane => lane.Tail));
        }
    }

    private async Task RunAsync(AccountId account, Lane lane, int messages, Task before, Func<CancellationToken, Task> work)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await work(cut);
        lock (_lock)
        {
            lane.Messages -= messages;
            if (--lane.Events == 0)
            {
                _lanes.Remove(account);
            }
        }
    }

    private sealed class Lane
    {
        public Task Tail { get; set; } = Task.CompletedTask;

        public int Messages { get; set; }

        public int Events { get; set; }
    }
}
