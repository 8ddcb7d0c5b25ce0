using System.Collections.Frozen;
using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Plugins.Loading;

namespace PluginMail.Plugins.Roles;

/// <summary>The roles of one version of a plugin, sorted by kind.</summary>
internal sealed record RoleTable
{
    public static readonly RoleTable Empty = new();

    private const int MostRoles = 256;

    public ImmutableArray<HostedRole<ISessionCheck>> SessionChecks { get; init; } = [];

    /// <summary>The stages of each of <see cref="SessionChecks"/>, asked once.</summary>
    public ImmutableArray<SessionStages> Stages { get; init; } = [];

    /// <summary>The ends of sessions of each of <see cref="SessionChecks"/>.</summary>
    public ImmutableArray<HostedRole<SessionEnd>> SessionEnds { get; init; } = [];

    public ImmutableArray<HostedRole<IMessageCheck>> MessageChecks { get; init; } = [];

    public ImmutableArray<HostedRole<IMessageEditor>> MessageEditors { get; init; } = [];

    public ImmutableArray<HostedRole<IOutboundEditor>> OutboundEditors { get; init; } = [];

    public ImmutableArray<HostedRole<IAuthenticator>> Authenticators { get; init; } = [];

    public ImmutableArray<HostedRole<IDirectory>> Directories { get; init; } = [];

    public ImmutableArray<HostedRole<IMailboxObserver>> MailboxObservers { get; init; } = [];

    public FrozenDictionary<string, HostedRole<FilterTest>> FilterTests { get; init; } = FrozenDictionary<string, HostedRole<FilterTest>>.Empty;

    public FrozenDictionary<string, HostedRole<FilterAction>> FilterActions { get; init; } =
        FrozenDictionary<string, HostedRole<FilterAction>>.Empty;

    public ImmutableArray<IBackgroundService> BackgroundServices { get; init; } = [];

    public FrozenDictionary<string, ICommand> Commands { get; init; } = FrozenDictionary<string, ICommand>.Empty;

    /// <summary>Names and help of the commands, asked once.</summary>
    public ImmutableArray<PluginCommand> CommandList { get; init; } = [];

    /// <summary>Sorts what a plugin returned. Runs plugin code: stages, vocabularies, commands' names are asked here and never again.</summary>
    /// <param name="roles">What it returned.</param>
    /// <param name="settings">How it is treated.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="workers">Makes the threads of a role.</param>
    /// <exception cref="PluginRejectedException">Something in it is no role.</exception>
    public static RoleTable Create(IReadOnlyCollection<IMailRole>? roles, PluginSettings settings, TimeProvider clock, Func<Workers> workers)
    {
        var hosting = new Hosting(settings, clock, workers);
        IMailRole?[] all = [.. roles ?? throw new PluginRejectedException("StartAsync returned null instead of its roles")];
        if (all.Length > MostRoles)
        {
            throw new PluginRejectedException($"StartAsync returned {all.Length} roles; {MostRoles} are the most");
        }

        IMailRole?[] strangers = [.. all.Where(role => !IsKnown(role))];
        if (strangers is [var stranger, ..])
        {
            throw new PluginRejectedException($"StartAsync returned {stranger?.GetType().Name ?? "null"}, which is no role that this server knows");
        }

        IFilterVocabulary[] vocabularies = [.. all.OfType<IFilterVocabulary>()];
        ICommand[] commands = [.. all.OfType<ICommand>()];
        var checks = hosting.Host<ISessionCheck>(all);
        return new RoleTable
        {
            SessionChecks = checks,
            Stages = [.. checks.Select(check => check.Role.Stages)],
            SessionEnds = [.. checks.Select(_ => hosting.HostUnjudged(SessionEnd.Instance))],
            MessageChecks = hosting.Host<IMessageCheck>(all),
            MessageEditors = hosting.Host<IMessageEditor>(all),
            OutboundEditors = hosting.Host<IOutboundEditor>(all),
            Authenticators = hosting.Host<IAuthenticator>(all),
            Directories = hosting.Host<IDirectory>(all),
            MailboxObservers = hosting.Host<IMailboxObserver>(all),
            FilterTests = hosting.Host(
                ByUniqueName("filter test", vocabularies.SelectMany(words => words.Tests), test => test.Name, NameNonsense.Check)),
            FilterActions = hosting.Host(
                ByUniqueName("filter action", vocabularies.SelectMany(words => words.Actions), action => action.Name, NameNonsense.Check)),
            BackgroundServices = [.. all.OfType<IBackgroundService>()],
            Commands = ByUniqueName("command", commands, command => command.Name, NameNonsense.Check).ToFrozenDictionary(StringComparer.Ordinal),
            CommandList = [.. commands.Select(command => new PluginCommand(settings.Name, command.Name, command.Summary ?? ""))],
        };
    }

    /// <summary>The kinds of role in words, with a count where there are several.</summary>
    public ImmutableArray<string> Describe() =>
    [
        .. Kinds.Select(kind => (kind.Name, Count: kind.Roles.Count()))
            .Where(kind => kind.Count > 0)
            .Select(kind => kind.Count == 1 ? kind.Name : $"{kind.Name} × {kind.Count}"),
    ];

    /// <summary>Whether a call of any role blocked its thread.</summary>
    public bool BlocksThreads() => Kinds.SelectMany(kind => kind.Roles).OfType<IHostedRole>().Any(role => role.BlocksThreads);

    /// <summary>The roles that are switched off, each with the time left until it is tried again.</summary>
    public ImmutableArray<SwitchedOffRole> SwitchedOff() =>
    [
        .. Kinds.SelectMany(kind => kind.Roles.OfType<IHostedRole>().Select(role => (kind.Name, role.Breaker)))
            .Where(role => role.Breaker.IsOpen)
            .Select(role => new SwitchedOffRole(role.Name, role.Breaker.Faults, role.Breaker.Left ?? TimeSpan.Zero)),
    ];

    /// <summary>Lets go of the roles' threads when their work is done.</summary>
    public void Close()
    {
        foreach (var role in Kinds.SelectMany(kind => kind.Roles).Concat(SessionEnds).OfType<IHostedRole>())
        {
            role.Close();
        }
    }

    /// <summary>All roles by kind.</summary>
    private (string Name, IEnumerable<object> Roles)[] Kinds =>
    [
        ("session check", SessionChecks),
        ("message check", MessageChecks),
        ("message editor", MessageEditors),
        ("outbound editor", OutboundEditors),
        ("authenticator", Authenticators),
        ("directory", Directories),
        ("mailbox observer", MailboxObservers),
        ("filter test", FilterTests.Values),
        ("filter action", FilterActions.Values),
        ("background service", BackgroundServices),
        ("command", Commands.Values),
    ];

    // The contract's interfaces are the roles that there are, and this server's contract is the one that plugins get.
    private static bool IsKnown(IMailRole? role) =>
        role is not null && role.GetType().GetInterfaces().Any(kind =>
            kind != typeof(IMailRole) && kind.IsAssignableTo(typeof(IMailRole)) && kind.Assembly == typeof(IMailRole).Assembly);

    private static Dictionary<string, TWord> ByUniqueName<TWord>(
        string kind, IEnumerable<TWord> words, Func<TWord, string> name, Action<TWord> check)
    {
        var byName = new Dictionary<string, TWord>(StringComparer.Ordinal);
        foreach (var word in words)
        {
            check(word);
            string key = name(word);
            if (!byName.TryAdd(key, word))
            {
                throw new PluginRejectedException($"two {kind}s are called {key}");
            }
        }

        return byName;
    }

    /// <summary>Gives each role its gate, its breaker and its threads.</summary>
    private sealed class Hosting(PluginSettings settings, TimeProvider clock, Func<Workers> workers)
    {
        public ImmutableArray<HostedRole<TRole>> Host<TRole>(IEnumerable<IMailRole?> roles)
            where TRole : class => [.. roles.OfType<TRole>().Select(Host)];

        public FrozenDictionary<string, HostedRole<TWord>> Host<TWord>(Dictionary<string, TWord> words)
            where TWord : class => words.ToFrozenDictionary(pair => pair.Key, pair => Host(pair.Value), StringComparer.Ordinal);

        /// <summary>One that is never switched off.</summary>
        public HostedRole<TRole> HostUnjudged<TRole>(TRole role)
            where TRole : class => Host(role, new Breaker());

        private HostedRole<TRole> Host<TRole>(TRole role)
            where TRole : class => Host(role, new Breaker(settings.FaultLimit, settings.FaultPause, clock));

        private HostedRole<TRole> Host<TRole>(TRole role, Breaker breaker)
            where TRole : class => new(role, settings.Concurrency, breaker, workers(), staysOnWorkers: settings.Script is not null);
    }
}
