using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>
/// The built-in policy on how much: messages a minute of an address, recipients an hour of an account, and guessing of addresses
/// (directory harvesting). Counts are kept in memory and begin anew with the server.
/// </summary>
/// <param name="options">Settings; asked anew each time.</param>
/// <param name="router">Knows accounts' own limits.</param>
/// <param name="alerts">Told when an account sends more than it may.</param>
/// <param name="clock">The clock.</param>
internal sealed class TrafficPolicy(Func<TrafficOptions> options, IRecipientRouter router, IAdministratorAlerts alerts, TimeProvider clock)
{
    private const int Capacity = 20_000;
    private const int DisconnectFactor = 3;
    private readonly RateTable<UInt128> _messages = new(TimeSpan.FromMinutes(1), Capacity, clock);
    private readonly RateTable<UInt128> _unknown = new(TimeSpan.FromHours(1), Capacity, clock);
    private readonly RateTable<EmailAddress> _recipients = new(TimeSpan.FromHours(1), Capacity, clock);

    /// <summary>Counts a transaction.</summary>
    /// <returns>What speaks against it, or null.</returns>
    public SmtpReply? CheckMessage(SessionState session)
    {
        int most = options().MessagesPerMinute;
        if (most == 0 || CountedNetwork(session) is not { } network || _messages.Add(network) <= most)
        {
            return null;
        }

        return new SmtpReply(450, new EnhancedStatusCode(4, 7, 1), $"More than {most} messages a minute from {session.RemoteEndPoint!.Address}");
    }

    /// <summary>Counts a recipient that is about to be accepted. What is over the limit is not counted: the account may go on as the hour passes.</summary>
    /// <returns>What speaks against it, or null.</returns>
    public async ValueTask<SmtpReply?> CheckRecipientAsync(SessionState session, CancellationToken cancellationToken)
    {
        if (session.Authenticated is not { } account)
        {
            return null;
        }

        int own = await router.RecipientsPerHourAsync(account, cancellationToken);
        int most = own > 0 ? own : options().RecipientsPerHour;
        if (most == 0)
        {
            return null;
        }

        if (_recipients.Read(account) + 1 > most)
        {
            alerts.Raise(
                $"recipients/{account}",
                $"{account} sends to more than {most} recipients an hour",
                $"The account {account}, signed in from {session.RemoteEndPoint?.Address}, has sent to {most} recipients within an hour, which is its "
                + "limit (its own, or [limits] recipients_per_hour). Further recipients are put off (450 4.7.1). If its owner does not know of this, "
                + "the password is known to somebody else: change it.");
            return new SmtpReply(450, new EnhancedStatusCode(4, 7, 1), $"{account} has reached {most} recipients an hour");
        }

        _recipients.Add(account);
        return null;
    }

    /// <summary>Counts a recipient that does not exist, and answers late who asks for many.</summary>
    /// <returns>What is said in place of the refusal: the session's end. Null where it may go on.</returns>
    public async ValueTask<SmtpReply?> UnknownRecipientAsync(SessionState session, CancellationToken cancellationToken)
    {
        TrafficOptions current = options();
        if (current.UnknownRecipients == 0 || CountedNetwork(session) is not { } network)
        {
            return null;
        }

        double count = _unknown.Add(network);
        if (count <= current.UnknownRecipients)
        {
            return null;
        }

        await Task.Delay(current.UnknownRecipientDelay, clock, cancellationToken);
        return count > (double)current.UnknownRecipients * DisconnectFactor
            ? new SmtpReply(421, new EnhancedStatusCode(4, 7, 0), "Too many recipients that do not exist")
            : null;
    }

    private static UInt128? CountedNetwork(SessionState session) =>
        session.RemoteEndPoint?.Address is { } address && session.Authenticated is null && !session.MayRelay && !IPAddress.IsLoopback(address)
            ? ClientNetwork.Of(address)
            : null;
}
