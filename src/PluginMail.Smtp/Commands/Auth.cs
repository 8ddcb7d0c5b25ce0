using System.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Transport;

namespace PluginMail.Smtp;

/// <summary>AUTH (RFC 4954 section 4): begins a SASL exchange.</summary>
/// <param name="Mechanism">The mechanism's name.</param>
/// <param name="InitialResponse">The client's first octets; null where it sent none. Never logged.</param>
internal sealed record AuthCommand(string Mechanism, byte[]? InitialResponse)
{
    /// <summary>Octets of the longest line of an exchange, without its end.</summary>
    public const int MaximumLineLength = 12288 - 2;

    public static readonly Verb Verb = new Verb<AuthCommand>("AUTH", SessionPhases.Any, Parse, AuthHandler.HandleAsync)
    {
        LineLength = MaximumLineLength,
    };

    public static Parsed<AuthCommand> Parse(ReadOnlySpan<byte> argument)
    {
        int space = argument.IndexOf((byte)' ');
        ReadOnlySpan<byte> mechanism = space < 0 ? argument : argument[..space];
        ReadOnlySpan<byte> initial = space < 0 ? default : argument[space..].TrimStart((byte)' ');
        if (mechanism.IsEmpty)
        {
            return SmtpReplies.ArgumentRequired;
        }

        if (mechanism.Length > 20)
        {
            return SmtpReplies.UnknownMechanism; // RFC 4422 section 3.1
        }

        byte[]? response = null;
        if (initial is [(byte)'='])
        {
            response = [];
        }
        else if (!initial.IsEmpty && !SaslBase64.TryDecode(initial, out response))
        {
            return SmtpReplies.InvalidBase64;
        }

        return new AuthCommand(Encoding.ASCII.GetString(mechanism), response);
    }
}

/// <summary>Handles AUTH and the end of its exchange.</summary>
internal static class AuthHandler
{
    public static ValueTask<Outcome> HandleAsync(AuthCommand command, SessionContext session, CancellationToken cancellationToken)
    {
        if (Refusal(session) is { } refusal)
        {
            return new(refusal);
        }

        MailConnection connection = session.Connection;
        var origin = new SignInOrigin(
            connection.Id, session.Options.ServiceName, connection.Remote, connection.IsEncrypted, connection.ServerEndPointBinding);
        return new(session.SignIn.Begin(command.Mechanism, origin) is { } exchange
            ? new Outcome.Authenticate(exchange, command.Mechanism.ToUpperInvariant(), command.InitialResponse)
            : NotUsable(command.Mechanism, session));
    }

    /// <summary>The exchange has ended.</summary>
    /// <param name="end">How.</param>
    /// <param name="mechanism">The mechanism's name.</param>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>What is to happen.</returns>
    public static async ValueTask<Outcome> EndAsync(SignInOutcome end, string mechanism, SessionContext session, CancellationToken cancellationToken)
    {
        switch (end.Status)
        {
            case SignInStatus.Accepted when end.Account is { } account:
                if (await session.Mail.AuthenticatedAsync(account.Address, mechanism, cancellationToken) is { } refusal)
                {
                    return new Outcome.Answer(refusal, account.Address.ToString());
                }

                session.SignedIn();
                session.Connection.Account = account.Address.ToString();
                return SmtpReplies.SignedIn;
            case SignInStatus.Malformed:
                return SmtpReplies.SignInMalformed;
            case SignInStatus.Unavailable:
                return SmtpReplies.SignInUnavailable;
            default:
                return SmtpReplies.SignInRejected;
        }
    }

    private static SmtpReply? Refusal(SessionContext session) =>
        !session.Options.OffersAuth ? SmtpReplies.NotImplemented
        : session.Phase == SessionPhases.Fresh ? SmtpReplies.GreetFirst
        : session.IsSignedIn ? SmtpReplies.AlreadySignedIn
        : session.IsInTransaction ? SmtpReplies.TransactionOpen
        : null;

    private static SmtpReply NotUsable(string mechanism, SessionContext session) =>
        !session.Connection.IsEncrypted && session.SignIn.MechanismsFor(isEncrypted: true).Contains(mechanism, StringComparer.OrdinalIgnoreCase)
            ? SmtpReplies.EncryptionRequired
            : SmtpReplies.UnknownMechanism;
}
