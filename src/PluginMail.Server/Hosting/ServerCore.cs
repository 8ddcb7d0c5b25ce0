using Microsoft.Extensions.Logging;
using PluginMail.Admin;
using PluginMail.Configuration.Options;
using PluginMail.Delivery;
using PluginMail.Dns;
using PluginMail.Filters;
using PluginMail.Filters.Checking;
using PluginMail.Pipeline;
using PluginMail.Plugins;
using PluginMail.Queue;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;

namespace PluginMail.Server;

/// <summary>Everything but listeners: store, pipeline, delivery, queue, plugins, put together. The one place where all parts meet.</summary>
internal sealed class ServerCore : IAsyncDisposable
{
    private readonly SegmentedTraceLog _traces;
    private readonly AdministratorMail _alerts;
    private readonly OutboundParts _outbound;
    private readonly MailRules _rules;
    private readonly CancellationTokenSource _stopping = new();
    private readonly FilterWords _words;
    private readonly OwnerAddresses _owners;
    private readonly ExternalLists _lists;
    private readonly QueueGauges _gauges;
    private readonly Lazy<MetricCollector> _metrics;
    private readonly TelemetryExport _telemetry;
    private Task _queueRun = Task.CompletedTask;
    private volatile MailServerOptions _options;

    private ServerCore(
        MailServerOptions options, DataFolder data, IMailStore store, IOutboundTransport? transport, TimeProvider clock, ILoggerFactory loggers)
    {
        _options = options;
        Data = data;
        Store = store;
        Clock = clock;
        Loggers = loggers;
        _words = new FilterWords(loggers.CreateLogger(LogCategories.Plugins));
        _traces = new SegmentedTraceLog(
            data.Traces, () => TimeSpan.FromDays(_options.Log.TraceDays), clock, loggers.CreateLogger<SegmentedTraceLog>(LogCategories.Pipeline));
        Resolver = new StubResolver(() => _options.ToResolver(), clock, loggers.CreateLogger(LogCategories.Dns));
        var roles = new CurrentRoles();
        NewAccounts = new NewAccounts(store, () => _options.ToNewAccounts(), loggers.CreateLogger(LogCategories.Pipeline));
        var router = new RecipientRouter(
            store.Directory, roles, NewAccounts, new SenderRewriting(data.ForwardingKey(), clock), () => _options.ToDelivery());
        ServerFilters = new ServerFilters(
            () => _options.ToServerFilters(), () => CompilerOptions, clock, loggers.CreateLogger<ServerFilters>(LogCategories.Delivery));
        Filters = new FilterCache(store.Scripts, ServerFilters, () => CompilerOptions, loggers.CreateLogger<FilterCache>(LogCategories.Delivery));
        var letters = new Correspondence(
            router, store.State, () => _options.ToDelivery(), clock, loggers.CreateLogger<Correspondence>(LogCategories.Delivery));
        _owners = new OwnerAddresses(store.Directory);
        _lists = new ExternalLists(store.Directory);
        Counters = new FilterCounters(store.State.FilterCounts, clock, loggers.CreateLogger<FilterCounters>(LogCategories.Delivery));
        var contexts = new FilterContexts(store, letters, () => _options.ToDelivery(), clock);
        var runner = new FilterRunner(
            Filters,
            router,
            store.Directory,
            () => _options.ToDelivery(),
            letters,
            contexts,
            Counters,
            clock,
            loggers.CreateLogger<FilterRunner>(LogCategories.Delivery));
        Origin = new OriginParts(data, () => _options, Resolver, () => LocalSubmission, clock, loggers);
        var delivery = new DeliveryService(
            router, runner, letters, store, () => _options.ToDelivery(), clock, loggers.CreateLogger<DeliveryService>(LogCategories.Delivery))
        {
            Sealer = Origin.Sealer,
        };
        _alerts = new AdministratorMail(
            () => AlertSubmission, () => _options.Server.Hostname, clock, loggers.CreateLogger(LogCategories.Server));
        _outbound = new OutboundParts(
            options,
            Resolver,
            store.State.For("outbound"),
            () => LocalSubmission,
            () => _options.Server.Hostname,
            clock,
            loggers.CreateLogger(LogCategories.Queue));
        _rules = new MailRules(options, clock, loggers.CreateLogger(LogCategories.Server));
        Sessions = new MailSessions(
            roles, router, delivery, store.Bodies, _traces, () => _options.ToPipeline(_rules), clock, loggers.CreateLogger(LogCategories.Pipeline), _alerts)
        {
            Origin = Origin.Check,
        };
        SignIn = new ReloadableSignIn(MakeSignIn(roles));
        Router = router;
        Queue = new QueueRunner(
            store, delivery, router, transport ?? _outbound.Transport, _traces, () => _options.ToQueue(), clock, loggers.CreateLogger<QueueRunner>(LogCategories.Queue));
        QueueAdministration = new QueueAdministration(store.Queue, Queue, () => _options.ToQueue(), clock);
        Tokens = ApiTokens.Open(data.ApiTokens, clock);
        _gauges = new QueueGauges(store.Queue, clock, loggers.CreateLogger(LogCategories.Queue));
        _metrics = new Lazy<MetricCollector>(() => new MetricCollector(loggers.CreateLogger(LogCategories.Server)));
        _telemetry = new TelemetryExport(() => _options.Server.Hostname, clock, loggers.CreateLogger(LogCategories.Server));
        PluginHostOptions folders = PluginFolders(data);
        PluginInstallation = new PluginInstallation(folders);
        Plugins = new PluginHost(
            folders,
            new PluginHostServices(clock, loggers, new SubmissionService(Sessions, "plugin"), Resolver, store.State.For)
            {
                Alerts = _alerts,
                SenderPolicy = Origin.SenderPolicy,
                Hostname = () => _options.Server.Hostname,
            });
        roles.Catalog = Plugins;
        Roles = roles;
        MailboxScripts = new MailboxScriptRunner(new EventServices
        {
            Store = store,
            Scripts = new EventScripts(Filters, ServerFilters, store.Annotations, () => _options.ToDelivery()),
            Contexts = contexts,
            Counters = Counters,
            Letters = letters,
            Submission = () => LocalSubmission,
            Traces = _traces,
            Options = () => _options.ToDelivery(),
            Patience = () => _options.Server.Shutdown,
            Clock = clock,
            Log = loggers.CreateLogger(LogCategories.Delivery),
        });
        MailboxEvents = new MailboxEventPump(
            roles, store, () => _options.Server.Shutdown, clock, loggers.CreateLogger(LogCategories.Plugins));
    }

    public MailServerOptions Options => _options;

    public DataFolder Data { get; }

    public IMailStore Store { get; }

    public TimeProvider Clock { get; }

    public ILoggerFactory Loggers { get; }

    public StubResolver Resolver { get; }

    public OriginParts Origin { get; }

    public DkimKeys Dkim => Origin.Dkim;

    public MailSessions Sessions { get; }

    public ReloadableSignIn SignIn { get; }

    public SubmissionService LocalSubmission => new(Sessions, "local");

    // No plugin stands in the way of what tells of plugins.
    private SubmissionService AlertSubmission => new(Sessions, "local") { AsksPlugins = false };

    public IRecipientRouter Router { get; }

    /// <summary>Makes accounts as mail.toml wants them.</summary>
    public NewAccounts NewAccounts { get; }

    public QueueRunner Queue { get; }

    public QueueAdministration QueueAdministration { get; }

    /// <summary>Who may use the HTTP API.</summary>
    public ApiTokens Tokens { get; }

    /// <summary>What is counted, from the first question on: nothing is before there is a listener that gives it.</summary>
    public MetricCollector Metrics => _metrics.Value;

    public PluginHost Plugins { get; }

    public PluginInstallation PluginInstallation { get; }

    public IRoleCatalog Roles { get; }

    public FilterCache Filters { get; }

    public ServerFilters ServerFilters { get; }

    /// <summary>How often filters and their rules were of use.</summary>
    public FilterCounters Counters { get; }

    public MailboxEventPump MailboxEvents { get; }

    /// <summary>Scripts on what owners do over IMAP.</summary>
    public MailboxScriptRunner MailboxScripts { get; }

    public ITraceLog Traces => _traces;

    /// <summary>The words that scripts may use now, and what an account has, so that its folders and addresses are checked.</summary>
    public async ValueTask<FilterCompilerOptions> CompilerOptionsForAsync(Account account, CancellationToken cancellationToken) => CompilerOptions with
    {
        Mailbox = new FilterMailbox(
            [.. (await Store.Mailboxes.ListFoldersAsync(account.Id, cancellationToken)).Where(folder => folder.IsSelectable).Select(folder => folder.Name)],
            await _owners.OfAsync(account, cancellationToken))
        {
            Lists = await _lists.NamesForAsync(account.Address, cancellationToken),
        },
    };

    /// <summary>The words that scripts may use now, those of plugins included.</summary>
    public FilterCompilerOptions CompilerOptions => _words.For(Roles.Current, _options.Filters);

    /// <summary>Where plugins lie.</summary>
    public static PluginHostOptions PluginFolders(DataFolder data) =>
        new(data.Plugins, Path.Combine(AppContext.BaseDirectory, "plugins"), data.PluginShadow);

    /// <summary>Opens the store and puts the parts together. No plugin runs and nothing listens yet.</summary>
    /// <exception cref="IOException">The store cannot be opened.</exception>
    public static Task<ServerCore> OpenAsync(
        MailServerOptions options, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        OpenAsync(options, transport: null, clock, loggers, cancellationToken);

    /// <summary>Opens the store and puts the parts together, with another way to other servers than the SMTP client; null takes that.</summary>
    /// <exception cref="IOException">The store cannot be opened.</exception>
    public static async Task<ServerCore> OpenAsync(
        MailServerOptions options, IOutboundTransport? transport, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var data = new DataFolder(options.Server.Data);
        if (RestoredStore.IsHalfDone(data.Root))
        {
            throw new IOException($"a restore into {data.Root} was interrupted; empty the folder and restore again");
        }

        IMailStore store = await SqliteMailStore.OpenAsync(
            new Storage.StoreOptions(data.Root) { ExtraSyncDelay = options.Store.SyncDelay }, clock, loggers, cancellationToken);
        return new ServerCore(options, data, store, transport, clock, loggers);
    }

    /// <summary>Starts the plugins that mail.toml names.</summary>
    /// <returns>What went wrong, a line each.</returns>
    public Task<IReadOnlyList<string>> StartPluginsAsync(CancellationToken cancellationToken) =>
        Plugins.ApplyAsync(_options.ToPlugins(), cancellationToken);

    /// <summary>Counts where a listener will give it, and sends metrics to where mail.toml wants them.</summary>
    /// <returns>What went wrong, a line each.</returns>
    public IReadOnlyList<string> StartTelemetry()
    {
        if (_options.Listeners.Any(listener => listener.Protocol == ListenerProtocol.Http))
        {
            _ = Metrics;
        }

        return _telemetry.Apply(_options.Telemetry);
    }

    /// <summary>Starts what works in the background.</summary>
    public void StartQueue() => _queueRun = Task.WhenAll(
        Task.Run(() => Queue.RunAsync(_stopping.Token)),
        Task.Run(() => Origin.RunAsync(_stopping.Token)),
        Task.Run(() => Counters.RunAsync(_stopping.Token)),
        Task.Run(() => _gauges.RunAsync(_stopping.Token)),
        Task.Run(() => _outbound.RunAsync(_stopping.Token)));

    /// <summary>Takes new options over. What cannot change while the server runs is said.</summary>
    /// <returns>What went wrong, a line each; the rest is in force.</returns>
    public async Task<IReadOnlyList<string>> ApplyAsync(MailServerOptions options, CancellationToken cancellationToken)
    {
        MailServerOptions old = _options;
        _options = options with { Server = options.Server with { Data = old.Server.Data }, Store = old.Store };
        SignIn.Replace(MakeSignIn(Roles));
        _outbound.Apply(_options);
        _rules.Apply(_options);
        Resolver.Refresh();
        List<string> problems = [];
        if (options.Server.Data != old.Server.Data || options.Store != old.Store)
        {
            problems.Add("[server] data and [store] change only when the server starts anew");
        }

        problems.AddRange(StartTelemetry());
        problems.AddRange(await StartPluginsAsync(cancellationToken));
        return problems;
    }

    /// <summary>Gives up what can no longer be undone, and gives back the room of what nothing names any more.</summary>
    /// <returns>Octets given back.</returns>
    /// <exception cref="IOException">The store cannot be written.</exception>
    public async ValueTask<long> ReclaimAsync(CancellationToken cancellationToken)
    {
        await Store.Jobs.ExpireAsync(Clock.GetUtcNow() - _options.Filters.UndoTime, cancellationToken);
        return await Store.Maintenance.ReclaimAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await MailboxScripts.DisposeAsync(); // while all that scripts need is there
        await _stopping.CancelAsync();
        await _queueRun;
        await _alerts.DisposeAsync();
        await MailboxEvents.DisposeAsync();
        await Plugins.DisposeAsync();
        await _outbound.DisposeAsync();
        Resolver.Dispose();
        _rules.Dispose();
        await _traces.DisposeAsync();
        await Counters.FlushAsync(CancellationToken.None);
        await Store.DisposeAsync();
        Queue.Dispose();
        _gauges.Dispose();
        _telemetry.Dispose();
        if (_metrics.IsValueCreated)
        {
            Metrics.Dispose();
        }

        _stopping.Dispose();
    }

    private SignInService MakeSignIn(IRoleCatalog roles) => new(
        Store.Directory, roles, NewAccounts, _options.ToSignIn(Data.DecoyKey()), Clock, Loggers.CreateLogger(LogCategories.Authentication));

    /// <summary>Lets the pipeline be made before the plugin host that it asks.</summary>
    private sealed class CurrentRoles : IRoleCatalog
    {
        public PluginHost? Catalog { get; set; }

        public RoleSet Current => Catalog?.Current ?? RoleSet.Empty;
    }
}
