using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Dlp.Rules;
using PluginMail.Text;

namespace PluginMail.Dlp;

/// <summary>
/// Tells those who are named in the settings what was found: who sent what to whom by which rule, never a word of the text. Sent one by one beside
/// the checks: a notice is a message that is checked too, and must not wait for the check that it comes from.
/// </summary>
internal sealed class Notices(DlpOptions options, ISubmission submission, TimeProvider clock, ILogger log) : IBackgroundService
{
    private const int MostRecipientsNamed = 20;
    private const int MostWaiting = 1000;

    /// <summary>Shorter than a version may take to end.</summary>
    private static readonly TimeSpan LastSending = TimeSpan.FromSeconds(5);

    private readonly Channel<Notice> _waiting = Channel.CreateBounded<Notice>(MostWaiting);
    private volatile bool _hasEnded;

    /// <summary>Makes a notice, to be sent soon, once a transaction. One that finds no room is lost, and logged.</summary>
    public void Add(IMessageView message, ImmutableArray<Finding> findings, Decision decision)
    {
        if (options.Notify.IsEmpty)
        {
            return;
        }

        var notice = new Notice(message.TransactionId, Build(message, findings, decision));
        if (_waiting.Writer.TryWrite(notice))
        {
            return;
        }

        if (_hasEnded)
        {
            _ = SendAsync(notice, CancellationToken.None).AsTask(); // a session that began before this version was replaced
        }
        else
        {
            DlpLog.NotNotified(log, message.TransactionId, "too many wait to be sent");
        }
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var notice in _waiting.Reader.ReadAllAsync(cancellationToken))
            {
                await SendAsync(notice, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _hasEnded = true;
            _waiting.Writer.TryComplete();
            using var limit = new CancellationTokenSource(LastSending, clock);
            while (_waiting.Reader.TryRead(out var notice))
            {
                await SendAsync(notice, limit.Token).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // those that are too many are logged
            }

            throw;
        }
    }

    private async ValueTask SendAsync(Notice notice, CancellationToken cancellationToken)
    {
        using var content = new MemoryContent(notice.Message);
        var message = new SubmittedMessage(new Envelope(null, options.Notify), content, Direction.Outgoing);
        try
        {
            var result = await submission.SubmitAsync(message, $"notice/{notice.Transaction}", cancellationToken);
            if (result is SubmissionResult.Failed or SubmissionResult.TooLarge or SubmissionResult.Refused)
            {
                DlpLog.NotNotified(log, notice.Transaction, result.ToString());
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            DlpLog.NotNotified(log, notice.Transaction, "the plugin was stopped");
            throw;
        }
        catch (IOException e)
        {
            DlpLog.NotNotified(log, notice.Transaction, e.Message);
        }
    }

    private byte[] Build(IMessageView message, ImmutableArray<Finding> findings, Decision decision)
    {
        string what = decision switch
        {
            Decision.Refuse => "refused",
            Decision.Hold => "held; release or return or remove it with `pluginmail queue`",
            _ => "let pass",
        };
        var text = new StringBuilder()
            .AppendLine("A message with confidential content, or with something that cannot be read, was found.").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"Transaction: {message.TransactionId}")
            .AppendLine(CultureInfo.InvariantCulture, $"Sender:      {message.Envelope.Sender?.ToString() ?? "<>"}")
            .AppendLine(CultureInfo.InvariantCulture, $"Login:       {message.Session.Authenticated?.ToString() ?? "none"}");
        foreach (var recipient in message.Envelope.Recipients.Take(MostRecipientsNamed))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"Recipient:   {recipient}");
        }

        int more = message.Envelope.Recipients.Length - MostRecipientsNamed;
        text.Append(more > 0 ? $"             and {more} more\n" : "").AppendLine(CultureInfo.InvariantCulture, $"It was {what}.").AppendLine();
        foreach (var finding in findings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{finding.Rule}: {finding.Detail}");
        }

        string subject = Printable.Of($"DLP: {findings.MaxBy(finding => finding.Action)?.Rule} in {message.TransactionId}");
        string from = options.NotifyFrom.Length > 0 ? options.NotifyFrom : $"postmaster@{options.Notify[0].Domain}";
        string body = Convert.ToBase64String(Encoding.UTF8.GetBytes(text.ToString()), Base64FormattingOptions.InsertLineBreaks);
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"From: {from}\r\nTo: {string.Join(",\r\n ", options.Notify)}\r\nSubject: {subject}\r\nDate: {clock.GetUtcNow():ddd, dd MMM yyyy HH:mm:ss} +0000\r\n" +
            $"Message-ID: <dlp-{Guid.NewGuid():N}@{from[(from.LastIndexOf('@') + 1)..]}>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" +
            $"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n"));
    }

    private sealed record Notice(string Transaction, byte[] Message);
}
