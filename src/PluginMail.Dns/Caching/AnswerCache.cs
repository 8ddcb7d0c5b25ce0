using PluginMail.Abstractions;
using PluginMail.Dns.Wire;

namespace PluginMail.Dns.Caching;

/// <summary>Answers as long as they hold. Those not asked for the longest make room where the memory is used up.</summary>
/// <param name="clock">The clock.</param>
internal sealed class AnswerCache(TimeProvider clock)
{
    /// <summary>Octets that an entry takes beside its text, about.</summary>
    private const int EntrySize = 400;

    private readonly Dictionary<Question, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new(); // the one used last in front
    private readonly Lock _lock = new();
    private long _size;

    /// <summary>Octets in use, about.</summary>
    public long Size
    {
        get
        {
            lock (_lock)
            {
                return _size;
            }
        }
    }

    /// <summary>The answer to a question with the time for which it still holds; null where there is none.</summary>
    public DnsAnswer? Find(Question question)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(question, out LinkedListNode<Entry>? node))
            {
                return null;
            }

            if (node.Value.AnswerAt(clock.GetTimestamp(), clock.TimestampFrequency) is { } answer)
            {
                if (node != _byUse.First)
                {
                    _byUse.Remove(node);
                    _byUse.AddFirst(node);
                }

                return answer;
            }

            Remove(node);
            return null;
        }
    }

    /// <summary>Keeps an answer for its time to live, unless it alone would take much of the memory.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="maximum">Octets of memory for all answers.</param>
    public void Add(Question question, DnsAnswer answer, long maximum)
    {
        long size = EntrySize + (2L * question.Name.Length) + answer.Records.Sum(static record => 32L + (2L * record.Length));
        lock (_lock)
        {
            if (_entries.TryGetValue(question, out LinkedListNode<Entry>? old))
            {
                Remove(old);
            }

            if (answer.TimeToLive >= TimeSpan.FromSeconds(1) && size <= maximum / 16)
            {
                _entries.Add(question, _byUse.AddFirst(new Entry(question, answer, size, clock.GetTimestamp())));
                _size += size;
            }

            while (_size > maximum && _byUse.Last is { } last)
            {
                Remove(last);
            }
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byUse.Clear();
            _size = 0;
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Question);
        _byUse.Remove(node);
        _size -= node.Value.Size;
    }

    private sealed class Entry(Question question, DnsAnswer answer, long size, long added)
    {
        private readonly long _seconds = (long)answer.TimeToLive.TotalSeconds;
        private DnsAnswer _answer = answer;
        private long _age;

        public Question Question => question;

        public long Size => size;

        /// <summary>The answer with its time left in whole seconds, made once a second; null when it has run out.</summary>
        public DnsAnswer? AnswerAt(long timestamp, long frequency)
        {
            long age = (timestamp - added) / frequency;
            if (age >= _seconds)
            {
                return null;
            }

            if (age != _age)
            {
                _age = age;
                _answer = _answer with { TimeToLive = TimeSpan.FromSeconds(_seconds - age) };
            }

            return _answer;
        }
    }
}
