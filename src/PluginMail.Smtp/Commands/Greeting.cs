using System.Text;
using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>EHLO (RFC 5321 section 4.1.1.1): greets and asks for the extensions.</summary>
/// <param name="Name">What the client calls itself.</param>
internal sealed record EhloCommand(string Name)
{
    public static readonly Verb Verb = new Verb<EhloCommand>("EHLO", SessionPhases.Any, Parse, GreetingHandler.EhloAsync);

    public static Parsed<EhloCommand> Parse(ReadOnlySpan<byte> argument) =>
        GreetingHandler.IsName(argument) ? new EhloCommand(Encoding.ASCII.GetString(argument)) : SmtpReplies.InvalidHelloName;
}

/// <summary>HELO (RFC 5321 section 4.1.1.1): greets without extensions.</summary>
/// <param name="Name">What the client calls itself.</param>
internal sealed record HeloCommand(string Name)
{
    public static readonly Verb Verb = new Verb<HeloCommand>("HELO", SessionPhases.Any, Parse, GreetingHandler.HeloAsync);

    public static Parsed<HeloCommand> Parse(ReadOnlySpan<byte> argument) =>
        GreetingHandler.IsName(argument) ? new HeloCommand(Encoding.ASCII.GetString(argument)) : SmtpReplies.InvalidHelloName;
}

/// <summary>LHLO (RFC 2033 section 4.1): the one greeting of LMTP.</summary>
/// <param name="Name">What the client calls itself.</param>
internal sealed record LhloCommand(string Name)
{
    public static readonly Verb Verb = new Verb<LhloCommand>("LHLO", SessionPhases.Any, Parse, GreetingHandler.LhloAsync);

    public static Parsed<LhloCommand> Parse(ReadOnlySpan<byte> argument) =>
        GreetingHandler.IsName(argument) ? new LhloCommand(Encoding.ASCII.GetString(argument)) : SmtpReplies.InvalidHelloName;
}

/// <summary>Handles the greetings.</summary>
internal static class GreetingHandler
{
    /// <summary>Whether a text can be a client's name: one printable word. Clients call themselves odd things; plugins judge that.</summary>
    public static bool IsName(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && text.Length <= EmailAddress.MaximumDomainLength && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    public static ValueTask<Outcome> EhloAsync(EhloCommand command, SessionContext session, CancellationToken cancellationToken) =>
        session.IsLmtp ? new(SmtpReplies.LhloWanted) : ExtendedAsync(command.Name, session, cancellationToken);

    // RFC 2033 section 4.1: each protocol answers 500 to the other's greeting.
    public static ValueTask<Outcome> LhloAsync(LhloCommand command, SessionContext session, CancellationToken cancellationToken) =>
        session.IsLmtp ? ExtendedAsync(command.Name, session, cancellationToken) : new(SmtpReplies.UnknownCommand);

    public static async ValueTask<Outcome> HeloAsync(HeloCommand command, SessionContext session, CancellationToken cancellationToken)
    {
        if (session.IsLmtp)
        {
            return SmtpReplies.LhloWanted;
        }

        if (await session.Mail.GreetAsync(command.Name, extended: false, cancellationToken) is { } refusal)
        {
            return new Outcome.Answer(refusal, command.Name);
        }

        session.Greeted(extended: false);
        return new SmtpReply(250, null, session.Options.Hostname);
    }

    private static async ValueTask<Outcome> ExtendedAsync(string name, SessionContext session, CancellationToken cancellationToken)
    {
        if (await session.Mail.GreetAsync(name, extended: true, cancellationToken) is { } refusal)
        {
            return new Outcome.Answer(refusal, name);
        }

        session.Greeted(extended: true);
        return new SmtpReply(250, null, Extensions(session));
    }

    private static string Extensions(SessionContext session)
    {
        SmtpOptions options = session.Options;
        var text = new StringBuilder(256)
            .Append(options.Hostname).Append('\n')
            .Append("PIPELINING\n") // RFC 2920
            .Append("SIZE ").Append(options.MaximumMessageSize).Append('\n') // RFC 1870
            .Append("8BITMIME\n") // RFC 6152
            .Append("SMTPUTF8\n") // RFC 6531
            .Append("CHUNKING\n") // RFC 3030
            .Append("LIMITS RCPTMAX=").Append(options.MaximumRecipients).Append('\n'); // RFC 9422
        if (session.Connection.CanStartTls)
        {
            text.Append("STARTTLS\n"); // RFC 3207
        }

        IReadOnlyList<string> mechanisms = session.Mechanisms;
        if (mechanisms.Count > 0)
        {
            text.Append("AUTH ").AppendJoin(' ', mechanisms).Append('\n'); // RFC 4954
        }

        return text.Append("ENHANCEDSTATUSCODES").ToString(); // RFC 2034
    }
}
