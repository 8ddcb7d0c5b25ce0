using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Dns.Caching;
using PluginMail.Dns.Upstream;
using PluginMail.Dns.Wire;

namespace PluginMail.Dns;

/// <summary>
/// A stub resolver (RFC 1035 section 5.3.1): asks the configured recursive resolvers over UDP, and TCP where an answer does not fit; follows
/// aliases; remembers answers, the absence of data too (RFC 2308); and asks only once where many ask the same at the same time.
/// </summary>
/// <remarks>
/// Names are A-labels (RFC 5890 section 2.3.2.1), with or without the root's dot. One that is no name, because it or a label is too long, empty,
/// or not ASCII, does not exist. DNSSEC is the resolver's to check; its word (the AD bit) counts where it is on loopback or the options say so.
/// </remarks>
public sealed class StubResolver : IDnsResolver, IDisposable
{
    /// <summary>How long an answer is kept at most.</summary>
    public static readonly TimeSpan MaximumTimeToLive = TimeSpan.FromDays(1);

    /// <summary>How long it is remembered at most that there is no data (RFC 2308 section 5).</summary>
    public static readonly TimeSpan MaximumNegativeTimeToLive = TimeSpan.FromHours(1);

    /// <summary>How long it is remembered that no server could answer (RFC 9520 section 3.2).</summary>
    public static readonly TimeSpan FailureTimeToLive = TimeSpan.FromSeconds(5);

    private const int MaximumAtOnce = 256;
    private static readonly DnsAnswer NoName = new(DnsStatus.NameError, [], TimeSpan.Zero, IsAuthenticated: false);
    private static readonly DnsAnswer Failure = new(DnsStatus.Failure, [], FailureTimeToLive, IsAuthenticated: false);

    private readonly Func<ResolverOptions> _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ResolverFile _file;
    private readonly AnswerCache _cache;
    private readonly Dictionary<Question, Task<DnsAnswer>> _asking = [];
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _places = new(MaximumAtOnce);
    private readonly CancellationTokenSource _stopping = new();
    private NameServers _servers;
    private bool _trustsElsewhere;

    /// <summary>Makes a resolver; nothing is asked yet.</summary>
    /// <param name="options">The options now; asked for again with each look-up that the cache cannot answer.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">The log.</param>
    /// <param name="resolverFile">The file that names the servers where the options name none (resolv.conf(5)).</param>
    public StubResolver(Func<ResolverOptions> options, TimeProvider clock, ILogger log, string resolverFile = "/etc/resolv.conf")
    {
        _options = options;
        _clock = clock;
        _log = log;
        _file = new ResolverFile(resolverFile, clock);
        _cache = new AnswerCache(clock);
        _servers = new NameServers([], clock, log);
    }

    /// <inheritdoc/>
    public ValueTask<DnsAnswer> QueryAsync(string name, DnsRecordType type, CancellationToken cancellationToken)
    {
        var question = new Question(WithoutRoot(name), type);
        return _cache.Find(question) is { } answer
            ? ValueTask.FromResult(answer)
            : new ValueTask<DnsAnswer>(Join(question).WaitAsync(cancellationToken));
    }

    /// <summary>Takes changed options and servers over at once rather than with the next look-up; what other servers said is forgotten.</summary>
    public void Refresh() => CurrentServers(_options());

    /// <summary>Ends look-ups under way; they fail.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _places.Dispose();
    }

    /// <summary>Whether a response is proven by DNSSEC as far as this process can know.</summary>
    internal static bool IsBelieved(Reply reply, ResolverOptions options) =>
        reply.Response is { IsAuthenticated: true } && (reply.IsLocal || options.TrustsAuthenticData);

    private static string WithoutRoot(string name) =>
        name.Length > 1 && name[^1] == '.' && !name.EndsWith("\\.", StringComparison.Ordinal) ? name[..^1] : name;

    private static TimeSpan Bounded(uint seconds, TimeSpan maximum) => TimeSpan.FromSeconds(Math.Min(seconds, maximum.TotalSeconds));

    /// <summary>The look-up of this question that is under way, or a new one.</summary>
    private Task<DnsAnswer> Join(Question question)
    {
        lock (_lock)
        {
            if (_asking.TryGetValue(question, out Task<DnsAnswer>? asking))
            {
                return asking;
            }

            if (_cache.Find(question) is { } answer)
            {
                return Task.FromResult(answer); // it came just now
            }

            asking = Task.Run(() => AskAsync(question));
            _asking.Add(question, asking);
            return asking;
        }
    }

    // Nobody's token ends it: others may wait for the same, and its time is limited.
    private async Task<DnsAnswer> AskAsync(Question question)
    {
        DnsAnswer answer = Failure;
        ResolverOptions options = _options();
        NameServers servers = CurrentServers(options);
        try
        {
            answer = await ResolveAsync(servers, question, options);
        }
        catch (Exception e)
        {
            DnsLog.Fault(_log, question.Name, question.Type.ToString(), e);
        }

        lock (_lock)
        {
            if (_servers == servers && _trustsElsewhere == options.TrustsAuthenticData)
            {
                _cache.Add(question, answer, options.CacheSize);
            }

            _asking.Remove(question);
        }

        return answer;
    }

    private async Task<DnsAnswer> ResolveAsync(NameServers servers, Question question, ResolverOptions options)
    {
        if (DomainName.Encode(question.Name, stackalloc byte[DomainName.MaximumOctets]) == 0)
        {
            return NoName;
        }

        try
        {
            using var timeout = new CancellationTokenSource(options.TimeLimit, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
            await _places.WaitAsync(either.Token);
            try
            {
                return await FollowAsync(servers, question, options, either.Token);
            }
            finally
            {
                _places.Release();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            DnsLog.NoAnswer(_log, question.Name, question.Type.ToString(), "the time is up");
            return Failure;
        }
    }

    /// <summary>Asks, and asks again for the name at the end of the aliases where the response stops there.</summary>
    private async Task<DnsAnswer> FollowAsync(
        NameServers servers, Question question, ResolverOptions options, CancellationToken cancellationToken)
    {
        Question next = question;
        uint timeToLive = int.MaxValue;
        bool isAuthenticated = true;
        for (int aliases = 0; ;)
        {
            Reply reply = await servers.AskAsync(next, options, cancellationToken);
            if (reply.Response is not { } response)
            {
                DnsLog.NoAnswer(_log, question.Name, question.Type.ToString(), reply.Reason);
                return Failure;
            }

            if (AliasChain.Follow(response.Answers, next, AliasChain.MaximumLength - aliases) is not { } chain)
            {
                DnsLog.NoAnswer(_log, question.Name, question.Type.ToString(), "too many aliases");
                return Failure;
            }

            isAuthenticated &= IsBelieved(reply, options);
            timeToLive = Math.Min(timeToLive, chain.TimeToLive);
            aliases += chain.Length;
            if (!chain.Records.IsEmpty)
            {
                return new DnsAnswer(DnsStatus.Found, chain.Records, Bounded(timeToLive, MaximumTimeToLive), isAuthenticated);
            }

            if (response.Code == ResponseCode.NameError || response.NegativeTimeToLive is not null || chain.Length == 0)
            {
                DnsStatus status = response.Code == ResponseCode.NameError ? DnsStatus.NameError : DnsStatus.NoData;
                timeToLive = Math.Min(timeToLive, response.NegativeTimeToLive ?? 0);
                return new DnsAnswer(status, [], Bounded(timeToLive, MaximumNegativeTimeToLive), isAuthenticated);
            }

            next = next with { Name = chain.Name };
        }
    }

    /// <summary>The servers that are to be asked now. Where they are others than before, or are believed otherwise, the cache starts anew.</summary>
    private NameServers CurrentServers(ResolverOptions options)
    {
        ImmutableArray<IPEndPoint> endPoints = options.Servers.Count > 0 ? [.. options.Servers] : _file.Servers;
        lock (_lock)
        {
            if (!_servers.EndPoints.SequenceEqual(endPoints))
            {
                _servers = new NameServers(endPoints, _clock, _log);
                _cache.Clear();
                DnsLog.Servers(_log, string.Join(", ", endPoints));
            }

            if (_trustsElsewhere != options.TrustsAuthenticData)
            {
                _trustsElsewhere = options.TrustsAuthenticData;
                _cache.Clear();
            }

            return _servers;
        }
    }
}
