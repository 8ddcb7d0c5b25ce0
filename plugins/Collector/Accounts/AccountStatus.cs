using PluginMail.Collector.Ledgers;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.Accounts;

/// <summary>How an account does now.</summary>
/// <param name="Settings">The account.</param>
/// <param name="IsVisited">Whether it is being visited.</param>
/// <param name="NextVisit">When it is visited again; null while it is being visited.</param>
/// <param name="History">What was.</param>
/// <param name="Unsettled">Messages that wait or are too large.</param>
internal sealed record AccountStatus(AccountSettings Settings, bool IsVisited, DateTimeOffset? NextVisit, AccountRow History, long Unsettled);
