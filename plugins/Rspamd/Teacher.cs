using System.Net;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Daemons;
using PluginMail.Learning;

namespace PluginMail.Rspamd;

/// <summary>The controller's <c>/learnspam</c> and <c>/learnham</c>.</summary>
internal sealed class Teacher(DaemonGroup controllers, RspamdHttp http, Password password)
{
    /// <summary>Teaches one message. What Rspamd knows already counts as taught; what it refuses is no fault of the controller.</summary>
    public async ValueTask<Taught> TeachAsync(MailClass isNow, MailboxChange change, CancellationToken cancellationToken)
    {
        string account = change.Account.ToString();
        (string, string)[] fields = [("Password", password.Reveal()), ("Deliver-To", account), ("Rcpt", account)];
        var answer = await controllers.AskAsync(
            (address, token) => http.AskAsync(address, isNow == MailClass.Spam ? "learnspam" : "learnham", fields, change.Content, token),
            cancellationToken);
        return answer.Value is not { } reply ? new Taught(IsTaught: false, answer.Failure)
            : reply.Status is HttpStatusCode.OK or HttpStatusCode.AlreadyReported || IsKnown(reply) ? new Taught(IsTaught: true, "")
            : new Taught(IsTaught: false, reply.Status == HttpStatusCode.Unauthorized ? "the password is wrong" : Scanner.Words(reply));
    }

    private static bool IsKnown(HttpReply reply) =>
        Encoding.Latin1.GetString(reply.Body.Span).Contains("already learned as", StringComparison.Ordinal);
}
