using System.Globalization;
using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Learning;
using PluginMail.Text;

namespace PluginMail.SpamAssassin;

/// <summary>The commands of spamd that the plugin uses, each on a connection of its own to any of the servers.</summary>
internal sealed class Spamd(DaemonGroup daemons, TimeSpan connectTimeout, TimeProvider clock)
{
    /// <summary>EX_UNAVAILABLE: what spamd says to TELL without <c>--allow-tell</c>.</summary>
    private const int NotEnabled = 69;

    /// <summary>SYMBOLS or REPORT: scores a message.</summary>
    /// <param name="content">Its octets.</param>
    /// <param name="user">Whose settings count; empty: spamd's own user's.</param>
    /// <param name="withReport">Whether its report is wanted.</param>
    /// <param name="cancellationToken">The call's end.</param>
    public ValueTask<Answer<ScoredMessage>> ScoreAsync(
        MessageContent content, string user, bool withReport, CancellationToken cancellationToken) => daemons.AskAsync(
        async (address, token) =>
        {
            var reply = await SayAsync(address, withReport ? "REPORT" : "SYMBOLS", User(user), content, token);
            return reply.Value is not { } said ? Answer<ScoredMessage>.None(reply.Failure)
                : said.Code != 0 ? Answer<ScoredMessage>.Declined(Words(said)) // as 79, its own time limit: says nothing of other messages
                : ScoredMessage.From(said, withReport) is { } scored ? Answer<ScoredMessage>.Of(scored)
                : Answer<ScoredMessage>.None("answered without a score");
        },
        cancellationToken);

    /// <summary>TELL: has the Bayes filter of an account learn a message.</summary>
    public async ValueTask<Taught> TeachAsync(MailClass isNow, MailboxChange change, CancellationToken cancellationToken)
    {
        IEnumerable<(string, string)> fields =
            [.. User(UserName(change.Account)), ("Message-class", isNow == MailClass.Spam ? "spam" : "ham"), ("Set", "local")];
        var answer = await daemons.AskAsync(
            async (address, token) =>
            {
                var reply = await SayAsync(address, "TELL", fields, change.Content, token);
                return reply.Value is { Code: not 0 and not NotEnabled } said ? Answer<SpamdReply>.Declined(Words(said)) : reply;
            },
            cancellationToken);
        return answer.Value is not { } told ? new Taught(IsTaught: false, answer.Failure)
            : told.Code != 0 ? new Taught(IsTaught: false, Words(told))
            : told.Headers.ContainsKey("didset") ? new Taught(IsTaught: true, "")
            : new Taught(IsTaught: false, "spamd did nothing: it knows the message, or cannot write the account's Bayes database");
    }

    /// <summary>PING.</summary>
    public async ValueTask<Answer<string>> PingAsync(DaemonAddress address, CancellationToken cancellationToken)
    {
        var reply = await SayAsync(address, "PING", [], content: null, cancellationToken);
        return reply.Value is not { } said ? Answer<string>.None(reply.Failure)
            : said is { Code: 0, Message: "PONG" } ? Answer<string>.Of("PONG")
            : Answer<string>.None(Words(said));
    }

    /// <summary>An address as spamd knows its users: in lower case, without what stands behind a plus sign (RFC 5233).</summary>
    public static string UserName(EmailAddress address)
    {
        string local = address.LocalPart;
        int plus = local.IndexOf('+', StringComparison.Ordinal);
        string name = $"{(plus > 0 ? local[..plus] : local)}@{address.Domain}".ToLowerInvariant();
        return name.AsSpan().ContainsAnyInRange('\0', ' ') || name.Contains('/', StringComparison.Ordinal) ? "" : name;
    }

    private static (string, string)[] User(string user) => user.Length > 0 ? [("User", user)] : [];

    private static string Words(SpamdReply reply) =>
        string.Create(CultureInfo.InvariantCulture, $"answered \"{reply.Code} {Printable.Of(reply.Message)}\"");

    private async ValueTask<Answer<SpamdReply>> SayAsync(
        DaemonAddress address, string verb, IEnumerable<(string Name, string Value)> fields, MessageContent? content, CancellationToken cancellationToken)
    {
        using var socket = await address.ConnectAsync(connectTimeout, clock, cancellationToken);
        return await SpamdDialogue.AskAsync(socket, verb, fields, content, cancellationToken) is { } reply
            ? Answer<SpamdReply>.Of(reply)
            : Answer<SpamdReply>.None("answered with what is no reply of spamd");
    }
}
