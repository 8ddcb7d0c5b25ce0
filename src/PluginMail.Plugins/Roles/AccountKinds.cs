using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Plugins.Roles;

/// <summary>A fault leaves a login unknown, with the fault beside it, or refuses it.</summary>
internal sealed class AuthenticatorKind : RoleKind<IAuthenticator, LoginQuestion, AuthenticationAnswer>
{
    public static readonly AuthenticatorKind Instance = new();

    public override string Name => "authenticator";

    public override AuthenticationAnswer Absent => AuthenticationAnswer.Unknown;

    public override ValueTask<AuthenticationAnswer> Call(IAuthenticator role, LoginQuestion input, CancellationToken cancellationToken) =>
        role.AuthenticateAsync(input.Login, input.Password, input.Session, cancellationToken);

    public override string? FindNonsense(AuthenticationAnswer answer) =>
        answer is AuthenticationAnswer.Unknown or AuthenticationAnswer.Accepted or AuthenticationAnswer.Rejected
            ? null
            : $"answered {(int)answer}, which is no answer";

    public override AuthenticationAnswer Substitute(OnFault onFault) =>
        onFault == OnFault.Refuse ? AuthenticationAnswer.Rejected : AuthenticationAnswer.Unknown;
}

/// <summary>A fault leaves an address unknown where <c>on_fault</c> says <c>pass</c>; elsewhere there is no answer (default), and the caller defers.</summary>
internal sealed class DirectoryKind : RoleKind<IDirectory, EmailAddress, ImmutableArray<EmailAddress>>
{
    public static readonly DirectoryKind Instance = new();

    private const int MostAddresses = 10_000;

    public override string Name => "directory";

    public override ImmutableArray<EmailAddress> Absent => [];

    public override ValueTask<ImmutableArray<EmailAddress>> Call(IDirectory role, EmailAddress input, CancellationToken cancellationToken) =>
        role.LookUpAsync(input, cancellationToken);

    public override string? FindNonsense(ImmutableArray<EmailAddress> answer)
    {
        if (answer.IsDefault)
        {
            return "answered null";
        }

        return answer.Length > MostAddresses ? $"answered {answer.Length} addresses; {MostAddresses} are the most"
            : answer.Contains(null!) ? "answered a list with null in it"
            : answer.Any(VerdictNonsense.IsNoAddress) ? "answered what is no address"
            : null;
    }

    public override ImmutableArray<EmailAddress> Substitute(OnFault onFault) => onFault == OnFault.Pass ? [] : default;
}

/// <summary>Answers whether the change was noted.</summary>
internal sealed class MailboxObserverKind : RoleKind<IMailboxObserver, MailboxChange, bool>
{
    public static readonly MailboxObserverKind Instance = new();

    public override string Name => "mailbox observer";

    public override bool Absent => true;

    public override async ValueTask<bool> Call(IMailboxObserver role, MailboxChange input, CancellationToken cancellationToken)
    {
        await role.ObserveAsync(input, cancellationToken);
        return true;
    }

    public override void Abandoned(MailboxChange input) => (input.Content as IOutlivedContent)?.Outlive();

    public override string? FindNonsense(bool answer) => null;

    public override bool Substitute(OnFault onFault) => false;
}
