using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.Accounts;

/// <summary>What the work for one account needs.</summary>
/// <param name="Settings">The account.</param>
/// <param name="Submission">Where the mail goes.</param>
/// <param name="Ledger">What is remembered.</param>
/// <param name="SpoolFolder">For messages that are too large for memory.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Metrics">What is counted.</param>
/// <param name="Log">The account's log.</param>
internal sealed record AccountContext(
    AccountSettings Settings, ISubmission Submission, Ledger Ledger, string SpoolFolder, TimeProvider Clock, CollectorMetrics Metrics, ILogger Log);
