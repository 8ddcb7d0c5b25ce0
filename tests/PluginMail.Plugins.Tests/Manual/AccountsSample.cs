using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Plugins.Tests.Manual;

// sample: Authenticator
internal sealed class OldAccounts(HttpClient http, Uri address) : IAuthenticator
{
    public async ValueTask<AuthenticationAnswer> AuthenticateAsync(
        EmailAddress login, string password, ISessionView session, CancellationToken cancellationToken)
    {
        using var form = new FormUrlEncodedContent([new("login", login.ToString()), new("password", password)]);
        using var answer = await http.PostAsync(address, form, cancellationToken);
        return (int)answer.StatusCode switch
        {
            200 => AuthenticationAnswer.Accepted,
            403 => AuthenticationAnswer.Rejected,
            404 => AuthenticationAnswer.Unknown, // the next authenticator is asked
            _ => throw new HttpRequestException("no answer", inner: null, answer.StatusCode), // a fault: on_fault decides
        };
    }
}
// end sample

// sample: Directory
internal sealed class Departments(ImmutableDictionary<string, ImmutableArray<EmailAddress>> members) : IDirectory
{
    public ValueTask<ImmutableArray<EmailAddress>> LookUpAsync(EmailAddress address, CancellationToken cancellationToken) =>
        new(members.GetValueOrDefault(address.ToString().ToLowerInvariant(), [])); // none: not known here
}
// end sample

// sample: Observer
internal sealed class JunkLearner(Func<MessageContent, bool, CancellationToken, ValueTask> learn) : IMailboxObserver
{
    public ValueTask ObserveAsync(MailboxChange change, CancellationToken cancellationToken) => change switch
    {
        { Kind: MailboxChangeKind.Moved, Folder: "Junk", Content: { } content } => learn(content, true, cancellationToken),
        { Kind: MailboxChangeKind.Moved, FromFolder: "Junk", Content: { } content } => learn(content, false, cancellationToken),
        _ => default,
    };
}
// end sample
