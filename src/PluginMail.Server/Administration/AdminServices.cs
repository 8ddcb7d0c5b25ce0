using PluginMail.Abstractions;
using PluginMail.Configuration;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>What operations work on.</summary>
/// <param name="core">Store, pipeline, plugins.</param>
/// <param name="listeners">What listens; null where no server runs.</param>
/// <param name="reload">Reads mail.toml again; null where no server runs.</param>
internal sealed class AdminServices(ServerCore core, Listeners? listeners, Func<Task<(ConfigurationResult Result, IReadOnlyList<string> Problems)>>? reload)
{
    public ServerCore Core { get; } = core;

    public IMailStore Store => Core.Store;

    /// <summary>mail.toml; null where the operations were given options and no file.</summary>
    public string? ConfigurationPath { get; init; }

    public Listeners? Listeners { get; } = listeners;

    public Func<Task<(ConfigurationResult Result, IReadOnlyList<string> Problems)>>? Reload { get; } = reload;

    /// <summary>Where progress is told; null where nobody listens.</summary>
    public ReportProgress? Progress { get; init; }

    /// <summary>Tells how far an operation is.</summary>
    /// <exception cref="IOException">The one who asked is gone.</exception>
    public ValueTask ReportAsync(AdminProgress progress, CancellationToken cancellationToken) =>
        Progress is null ? ValueTask.CompletedTask : Progress(progress, cancellationToken);

    /// <summary>Until when a job can be undone.</summary>
    public DateTimeOffset UndoUntil(MailboxJob job) => job.Changed + Core.Options.Filters.UndoTime;

    /// <summary>Whether a server runs, so that plugins do.</summary>
    public bool IsServing => Listeners is not null;

    /// <summary>Reads an address; a bare name is one of the default domain.</summary>
    /// <exception cref="AdminArgumentException">It is none.</exception>
    public EmailAddress ReadAddress(string text)
    {
        string domain = Core.Options.Authentication.DefaultDomain;
        string full = text.Contains('@', StringComparison.Ordinal) || domain.Length == 0 ? text : $"{text}@{domain}";
        return EmailAddress.TryParse(full, out EmailAddress? address)
            ? address
            : throw new AdminArgumentException($"'{text}' is not an address of the form name@domain");
    }

    /// <summary>Finds an account.</summary>
    /// <returns>The account, or null and why not.</returns>
    public async ValueTask<(Account? Account, AdminResponse? Problem)> FindAccountAsync(string text, CancellationToken cancellationToken)
    {
        EmailAddress address = ReadAddress(text);
        Account? account = await Store.Directory.FindAccountAsync(address, cancellationToken);
        return account is null ? (null, AdminResponse.Failed($"there is no account {address}")) : (account, null);
    }
}
