using System.Text;
using PluginMail.Abstractions;
using PluginMail.Filters.Evaluation;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Delivery;

/// <summary>
/// Runs a script over messages that are there, each as it is when it is delivered: without what its copy got there (Return-Path, Delivered-To).
/// Nothing is changed: no copy, no letter, no mark of a duplicate. Nothing is a duplicate of itself.
/// </summary>
/// <param name="filter">The script, linked with what it includes.</param>
/// <param name="store">The store.</param>
/// <param name="account">Whose mail it is.</param>
/// <param name="delivery">Bounds on each run, and the server's annotations.</param>
/// <param name="clock">The clock.</param>
public sealed class StoredMailFilter(CompiledFilter filter, IMailStore store, Account account, DeliveryOptions delivery, TimeProvider clock)
{
    /// <summary>How many messages are worth one call.</summary>
    public const int BatchSize = 500;

    // Nothing is a duplicate: the message has been seen, by its delivery.
    private readonly FilterContext _context = new()
    {
        Clock = clock, Host = new AccountSurroundings(store, new ExternalLists(store.Directory), delivery.Annotations, account),
    };

    private readonly FilterRunOptions _options = new() { Clock = clock, Limits = delivery.Filters };
    private readonly FilterEnvelope _envelope = new()
    {
        To = account.Address.ToString(),
        OriginalTo = account.Address.ToString(),
        OwnerAddresses = [account.Address.ToString()],
    };

    /// <summary>Runs it over some messages, on half of the processors, so that mail comes and goes beside it.</summary>
    /// <param name="hold">The folder.</param>
    /// <param name="uids">The messages, rising; those that are gone are passed over.</param>
    /// <param name="withSubjects">Whether the subjects are wanted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What it says of each, in order.</returns>
    /// <exception cref="StoreUnavailableException">A message cannot be read.</exception>
    public async ValueTask<IReadOnlyList<FilteredMessage>> RunAsync(
        IFolderHold hold, IReadOnlyList<uint> uids, bool withSubjects, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredMessage> messages = await store.Mailboxes.ReadAsync(hold, uids, withStructure: true, cancellationToken);
        var filtered = new FilteredMessage[messages.Count];
        await Parallel.ForAsync(
            0,
            messages.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / 2), CancellationToken = cancellationToken },
            async (i, token) => filtered[i] = await RunOneAsync(messages[i], withSubjects, token));
        return filtered;
    }

    private async ValueTask<FilteredMessage> RunOneAsync(StoredMessage message, bool withSubject, CancellationToken cancellationToken)
    {
        using MessageContent content = StoredMailMessage.Open(store.Bodies, message);
        MailMessage mail = StoredMailMessage.Of(content, message);
        var input = new FilterInput(new MimeFilterMessage(mail.Header, content, mail.Structure), _envelope with { From = SenderOf(message) }) { Context = _context };
        FilterResult result = await filter.RunAsync(input, _options, cancellationToken);
        return new FilteredMessage(message.Uid, withSubject ? SubjectOf(mail.Header.Span) : "", result);
    }

    // The copy's own first line is "Return-Path: <...>" (RFC 5321 section 4.4).
    private static string SenderOf(StoredMessage message)
    {
        string text = Encoding.UTF8.GetString(message.Prefix.Span);
        int start = text.IndexOf('<', StringComparison.Ordinal) + 1, end = text.IndexOf('>', StringComparison.Ordinal);
        return start > 0 && end >= start ? text[start..end] : "";
    }

    private static string SubjectOf(ReadOnlySpan<byte> header) =>
        new HeaderBlock(header).TryFind("Subject"u8, out HeaderField field) ? HeaderText.Decode(field.RawValue).Text : "";
}
