using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace PluginMail.Storage;

/// <summary>Who is told of changes of annotations.</summary>
internal sealed class AnnotationObservers
{
    private readonly ConcurrentDictionary<AccountId, ImmutableArray<Action<AnnotationNews>>> _observers = [];

    public IDisposable Add(AccountId account, Action<AnnotationNews> observer)
    {
        _observers.AddOrUpdate(account, [observer], (_, others) => others.Add(observer));
        return new Observation(this, account, observer);
    }

    public void Announce(AccountId account, AnnotationNews news)
    {
        foreach (Action<AnnotationNews> observer in _observers.GetValueOrDefault(account, []))
        {
            observer(news);
        }
    }

    private void Remove(AccountId account, Action<AnnotationNews> observer)
    {
        ImmutableArray<Action<AnnotationNews>> left = _observers.AddOrUpdate(account, [], (_, others) => others.Remove(observer));
        if (left.IsEmpty)
        {
            _observers.TryRemove(new(account, left)); // another one that came meanwhile stays
        }
    }

    private sealed class Observation(AnnotationObservers observers, AccountId account, Action<AnnotationNews> observer) : IDisposable
    {
        public void Dispose() => observers.Remove(account, observer);
    }
}
