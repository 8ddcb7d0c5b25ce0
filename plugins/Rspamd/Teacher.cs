using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Learning;

namespace PluginMail.Rspamd;

/// <summary>The controller's <c>/learnspam</c>, <c>/learnham</c> and <c>/auth</c>.</summary>
internal sealed class Teacher(DaemonGroup controllers, RspamdHttp http, Password password)
{
    /// <summary>Teaches one message. What Rspamd knows already counts as taught; what it refuses (4xx) is no fault of the controller, and an error of one (5xx) lets the next be asked.</summary>
    public async ValueTask<Taught> TeachAsync(MailClass isNow, MailboxChange change, CancellationToken cancellationToken)
    {
        string account = change.Account.ToString();
        (string, string)[] fields = [("Password", password.Reveal()), ("Deliver-To", account), ("Rcpt", account)];
        var answer = await controllers.AskAsync(
            async (address, token) =>
            {
                var said = await http.AskAsync(address, isNow == MailClass.Spam ? "learnspam" : "learnham", fields, change.Content, token);
                return said.Value is { Status: >= HttpStatusCode.InternalServerError } error && !IsKnown(error) ? Answer<HttpReply>.Declined(Scanner.Words(error)) : said;
            },
            cancellationToken);
        return answer.Value is not { } reply ? new Taught(IsTaught: false, answer.Failure)
            : reply.Status is HttpStatusCode.OK or HttpStatusCode.AlreadyReported || IsKnown(reply) ? new Taught(IsTaught: true, "")
            : new Taught(IsTaught: false, reply.Status == HttpStatusCode.Unauthorized ? "the password is wrong" : Scanner.Words(reply));
    }

    /// <summary>Asks whether a controller would let us teach; nothing is said of its health where the password is wrong.</summary>
    public async ValueTask<Answer<string>> PingAsync(DaemonAddress address, CancellationToken cancellationToken)
    {
        var answer = await http.AskAsync(address, "auth", [("Password", password.Reveal())], content: null, cancellationToken);
        return answer.Value is not { } reply ? Answer<string>.Declined(answer.Failure)
            : reply.Status == HttpStatusCode.Unauthorized ? Answer<string>.Declined("the password is wrong")
            : reply.Status != HttpStatusCode.OK ? Answer<string>.None(Scanner.Words(reply))
            : IsReadOnly(reply) ? Answer<string>.Declined("the password is the one for reading; to teach takes enable_password")
            : Answer<string>.Of("teaching is allowed");
    }

    private static bool IsReadOnly(HttpReply reply) =>
        Encoding.Latin1.GetString(reply.Body.Span).Contains("\"read_only\":true", StringComparison.Ordinal);

    private static bool IsKnown(HttpReply reply) =>
        Encoding.Latin1.GetString(reply.Body.Span).Contains("already learned as", StringComparison.Ordinal);
}
