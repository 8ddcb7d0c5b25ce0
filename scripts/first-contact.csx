// Marks the first mail of a domain within 90 days, with a header field that filters can look for.

OnMessage(async (message, cancellationToken) =>
{
    if (message.Sender is not { } sender)
    {
        return Pass;
    }

    var mails = await State.AddAsync($"seen/{sender.Domain.ToLowerInvariant()}", 1, TimeSpan.FromDays(90), cancellationToken);
    return mails == 1 ? AddHeader("X-First-Contact", sender.Domain) : Pass;
});
