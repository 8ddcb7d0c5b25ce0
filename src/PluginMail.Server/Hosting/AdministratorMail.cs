using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Pipeline;

namespace PluginMail.Server;

/// <summary>Tells the administrator by mail to <c>postmaster</c> at this host, and in the log; once a day for each subject matter.</summary>
internal sealed class AdministratorMail : IAdministratorAlerts, IAsyncDisposable
{
    private const int MaximumWaiting = 100;
    private const int MaximumKeys = 1000; // a day
    private readonly Channel<Alert> _alerts =
        Channel.CreateBounded<Alert>(new BoundedChannelOptions(MaximumWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Lock _lock = new();
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Func<ISubmission> _submission;
    private readonly Func<string> _hostname;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Task _running;
    private DateTime _day;

    /// <summary>Makes it and begins to tell.</summary>
    /// <param name="submission">Takes the mail; asked for when the first alert is raised.</param>
    /// <param name="hostname">The server's name.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">The log.</param>
    public AdministratorMail(Func<ISubmission> submission, Func<string> hostname, TimeProvider clock, ILogger log)
    {
        _submission = submission;
        _hostname = hostname;
        _clock = clock;
        _log = log;
        _running = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public void Raise(string key, string subject, string text)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_lock)
        {
            if (now.Date != _day)
            {
                _day = now.Date;
                _told.Clear();
            }

            if (_told.Count >= MaximumKeys || !_told.Add(key))
            {
                return;
            }
        }

        ServerLog.Alert(_log, subject);
        _alerts.Writer.TryWrite(new Alert(key, subject, text, now));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _alerts.Writer.TryComplete();
        await _running;
    }

    private async Task RunAsync()
    {
        await foreach (Alert alert in _alerts.Reader.ReadAllAsync())
        {
            try
            {
                string key = string.Create(CultureInfo.InvariantCulture, $"alert/{alert.Key}/{alert.Time:yyyy-MM-dd}");
                SubmissionResult result = await _submission().SubmitAsync(Compose(alert), key, CancellationToken.None);
                if (result is not (SubmissionResult.Accepted or SubmissionResult.Duplicate))
                {
                    ServerLog.AlertFailed(_log, alert.Subject, $"the message was not delivered: {result}");
                }
            }
            catch (Exception e)
            {
                ServerLog.AlertFailed(_log, alert.Subject, e.Message); // the log has the alert itself
            }
        }
    }

    private SubmittedMessage Compose(Alert alert)
    {
        string host = _hostname();
        ComposedMessage message = new MessageComposer { Body = MimeContent.Text(alert.Text + "\n") }
            .Add("From", new HeaderAddress("PluginMail", "postmaster", host))
            .Add("To", new HeaderAddress(null, "postmaster", host))
            .Add("Subject", alert.Subject)
            .Add("Date", alert.Time)
            .AddRaw("Message-ID", $"<{TransactionId.Next(alert.Time)}@{host}>")
            .AddRaw("Auto-Submitted", "auto-generated")
            .Compose();
        return new SubmittedMessage(new Envelope(null, [new EmailAddress("postmaster", host)]), new MemoryContent(message.ToArray()), Direction.Incoming);
    }

    private sealed record Alert(string Key, string Subject, string Text, DateTimeOffset Time);
}
