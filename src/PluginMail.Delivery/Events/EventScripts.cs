using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Evaluation;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// Finds the scripts of an IMAP event (RFC 6785 section 2.3.1): those of the server before, the one of the mailbox, those of the server after. The
/// mailbox's is the account's script that its annotation names, or the server's annotation; where the mailbox has its own, the server's does not
/// count, be it empty or name nothing.
/// </summary>
/// <param name="cache">Compiled scripts of accounts.</param>
/// <param name="server">The server's own.</param>
/// <param name="annotations">Where mailboxes name theirs.</param>
/// <param name="options">Settings; asked anew each time.</param>
public sealed class EventScripts(FilterCache cache, ServerFilters server, IAnnotationStore annotations, Func<DeliveryOptions> options)
{
    /// <summary>The annotation that names a mailbox's script (RFC 6785 sections 7.4 and 7.5).</summary>
    public const string Annotation = "/shared/imapsieve/script";

    /// <summary>Finds them.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where there are none.</returns>
    /// <exception cref="StoreUnavailableException">The store failed.</exception>
    public async ValueTask<ActiveFilters?> FindAsync(MailboxScriptEvent happened, CancellationToken cancellationToken)
    {
        DeliveryOptions now = options();
        ImmutableArray<EventRule> rules = [.. now.Events.Rules.Where(rule => rule.Matches(happened))];
        ImmutableArray<CompiledFilter> before = await server.GetAsync([.. rules.SelectMany(static rule => rule.Before).Distinct()], cancellationToken);
        ImmutableArray<CompiledFilter> after = await server.GetAsync([.. rules.SelectMany(static rule => rule.After).Distinct()], cancellationToken);
        CompiledFilter? own = await FindOwnAsync(happened, now.Annotations, cancellationToken);
        ImmutableArray<CompiledFilter> all = own is null ? [.. before, .. after] : [.. before, own, .. after];
        return all.IsEmpty ? null : new ActiveFilters((own ?? all[0]).Text.Name, all);
    }

    private async ValueTask<CompiledFilter?> FindOwnAsync(MailboxScriptEvent happened, ServerAnnotations ofServer, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? named = await annotations.FindAsync(AnnotationOwner.Of(happened.Folder), Annotation, cancellationToken) ?? ofServer.Find(Annotation);
        string name = named is { } value ? Encoding.UTF8.GetString(value.Span) : "";
        return name.Length == 0 ? null : await cache.FindAsync(happened.Account, name, cancellationToken);
    }
}
