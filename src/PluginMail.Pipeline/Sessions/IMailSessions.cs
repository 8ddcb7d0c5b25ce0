using System.Net;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>The door of the pipeline: a protocol server opens a session here and asks it at each step.</summary>
public interface IMailSessions
{
    /// <summary>Opens a session.</summary>
    /// <param name="opening">Where it comes from.</param>
    /// <returns>The session; the caller disposes it.</returns>
    IMailSession Open(SessionOpening opening);
}

/// <summary>Where a session comes from.</summary>
/// <param name="Id">The connection's id.</param>
/// <param name="Protocol"><c>smtp</c>, <c>submission</c> or <c>lmtp</c>.</param>
/// <param name="RemoteEndPoint">The client's address.</param>
/// <param name="LocalEndPoint">The address it connected to.</param>
/// <param name="IsEncrypted">Whether TLS is in force from the start.</param>
public sealed record SessionOpening(
    string Id, string Protocol, IPEndPoint? RemoteEndPoint, IPEndPoint? LocalEndPoint, bool IsEncrypted)
{
    /// <summary>The TLS version, as <c>TLSv1.3</c>; null without TLS.</summary>
    public string? TlsProtocol { get; init; }

    /// <summary>The cipher suite by its registered name; null without TLS.</summary>
    public string? TlsCipher { get; init; }
}

/// <summary>
/// One session that brings mail. It keeps what the client said, asks built-in policy and plugins, and hands whole messages on. A protocol
/// server parses, asks, and writes the reply it is given; it decides nothing about mail itself.
/// </summary>
/// <remarks>Not safe for concurrent calls. A null reply means: go on with the protocol's own positive reply.</remarks>
public interface IMailSession : IAsyncDisposable
{
    /// <summary>The session as plugins see it.</summary>
    ISessionView View { get; }

    /// <summary>The client connected.</summary>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A reply that replaces the greeting and ends the session (554, 421), or null.</returns>
    ValueTask<SmtpReply?> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>The client greeted (HELO, EHLO, LHLO).</summary>
    /// <param name="helloName">What it calls itself.</param>
    /// <param name="extended">Whether by EHLO or LHLO.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A refusal, or null.</returns>
    ValueTask<SmtpReply?> GreetAsync(string helloName, bool extended, CancellationToken cancellationToken);

    /// <summary>TLS came into force; what was said before is forgotten (RFC 3207 section 4.2).</summary>
    /// <param name="protocol">The TLS version, as <c>TLSv1.3</c>.</param>
    /// <param name="cipher">The cipher suite by its registered name.</param>
    void Encrypted(string? protocol = null, string? cipher = null);

    /// <summary>The client authenticated. Refusals that earlier stages noted are lifted.</summary>
    /// <param name="account">The account's main address.</param>
    /// <param name="mechanism">The SASL mechanism; null where none was used.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A refusal, or null.</returns>
    ValueTask<SmtpReply?> AuthenticatedAsync(EmailAddress account, string? mechanism, CancellationToken cancellationToken);

    /// <summary>The client authenticated, by no mechanism that is known.</summary>
    /// <param name="account">The account's main address.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A refusal, or null.</returns>
    ValueTask<SmtpReply?> AuthenticatedAsync(EmailAddress account, CancellationToken cancellationToken) =>
        AuthenticatedAsync(account, null, cancellationToken);

    /// <summary>MAIL FROM begins a transaction.</summary>
    /// <param name="sender">The reverse path; null is the null sender.</param>
    /// <param name="parameters">What MAIL declared.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A refusal, or null.</returns>
    ValueTask<SmtpReply?> SenderAsync(EmailAddress? sender, MailParameters parameters, CancellationToken cancellationToken);

    /// <summary>RCPT TO adds a recipient.</summary>
    /// <param name="recipient">The forward path's mailbox; <c>postmaster</c> without domain has been given the server's own (RFC 5321 section 4.5.1).</param>
    /// <param name="dsn">What RCPT asked for about reports.</param>
    /// <param name="parameters">RCPT's parameters as they were written, well formed, parted by spaces; empty where there were none.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A refusal, or null.</returns>
    ValueTask<SmtpReply?> RecipientAsync(EmailAddress recipient, RecipientDsn dsn, string parameters, CancellationToken cancellationToken);

    /// <summary>RCPT TO adds a recipient, of whose parameters nothing more is known.</summary>
    /// <param name="recipient">The forward path's mailbox.</param>
    /// <param name="dsn">What RCPT asked for about reports.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A refusal, or null.</returns>
    ValueTask<SmtpReply?> RecipientAsync(EmailAddress recipient, RecipientDsn dsn, CancellationToken cancellationToken) =>
        RecipientAsync(recipient, dsn, "", cancellationToken);

    /// <summary>RCPT TO adds a recipient, and asks nothing about reports.</summary>
    /// <param name="recipient">The forward path's mailbox.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A refusal, or null.</returns>
    ValueTask<SmtpReply?> RecipientAsync(EmailAddress recipient, CancellationToken cancellationToken) =>
        RecipientAsync(recipient, RecipientDsn.None, cancellationToken);

    /// <summary>The client is about to send the message (DATA, or the first BDAT), and recipients were accepted.</summary>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>A refusal, after which the transaction is to be ended; or null.</returns>
    ValueTask<SmtpReply?> DataAsync(CancellationToken cancellationToken) => new((SmtpReply?)null);

    /// <summary>The client gave a command that the protocol server does not know.</summary>
    /// <param name="command">The whole line without its end, bounded and without control characters.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>What a plugin wants to be said; null for the protocol's own reply.</returns>
    ValueTask<SmtpReply?> UnknownCommandAsync(string command, CancellationToken cancellationToken) => new((SmtpReply?)null);

    /// <summary>Begins the message: what is received is written to the result, the trace header (RFC 5321 section 4.4) already in it.</summary>
    /// <returns>A sink for the octets; the caller disposes it.</returns>
    MessageSink BeginMessage();

    /// <summary>The message is complete: judges, delivers, and answers when the result is on disk.</summary>
    /// <param name="message">The sink that got the octets; still the caller's to dispose.</param>
    /// <param name="cancellationToken">The session's end; a message that is being committed is committed all the same.</param>
    /// <returns>The reply for the transaction, and one for each accepted recipient, in the order of their RCPT (LMTP, RFC 2033 section 4.2).</returns>
    ValueTask<MessageReplies> CompleteAsync(MessageSink message, CancellationToken cancellationToken);

    /// <summary>Ends the transaction, if one is open (RSET, a new greeting, a failed DATA).</summary>
    void Reset();
}

/// <summary>What MAIL declared (RFC 1870, 6152, 6531, 3030, 3461, 8689).</summary>
/// <param name="DeclaredSize">Octets by SIZE; null where not given.</param>
/// <param name="Body">7BIT, 8BITMIME or BINARYMIME.</param>
/// <param name="IsInternationalized">Whether SMTPUTF8 was given.</param>
public sealed record MailParameters(long? DeclaredSize, BodyType Body, bool IsInternationalized)
{
    /// <summary>RET (RFC 3461 section 4.3); null where not given.</summary>
    public DsnReturn? Return { get; init; }

    /// <summary>ENVID (RFC 3461 section 4.4), as xtext; null where not given.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Whether REQUIRETLS was given (RFC 8689).</summary>
    public bool RequiresTls { get; init; }

    /// <summary>All parameters as they were written, well formed, parted by spaces; empty where there were none.</summary>
    public string Text { get; init; } = "";
}

/// <summary>The BODY parameter of MAIL.</summary>
public enum BodyType
{
    /// <summary>Not given, or 7BIT.</summary>
    SevenBit,

    /// <summary>8BITMIME (RFC 6152).</summary>
    EightBitMime,
}

/// <summary>The replies to a complete message.</summary>
/// <param name="Transaction">For SMTP: one for all.</param>
/// <param name="Recipients">For LMTP: one for each accepted recipient.</param>
public sealed record MessageReplies(SmtpReply Transaction, IReadOnlyList<SmtpReply> Recipients);
