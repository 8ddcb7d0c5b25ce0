using PluginMail.Abstractions;
using PluginMail.Pipeline;
using PluginMail.Transport;

namespace PluginMail.Smtp;

/// <summary>A session as the handlers see it: its phase, its client, its open transaction.</summary>
internal sealed class SessionContext(MailConnection connection, SmtpOptions options, ISignIn signIn, IMailSession mail)
{
    private readonly List<int> _acceptedNames = [];
    private readonly Dictionary<EmailAddress, int> _distinct = [];

    /// <summary>The connection.</summary>
    public MailConnection Connection { get; } = connection;

    /// <summary>How the server serves.</summary>
    public SmtpOptions Options { get; } = options;

    /// <summary>Who checks logins.</summary>
    public ISignIn SignIn { get; } = signIn;

    /// <summary>Who decides about mail.</summary>
    public IMailSession Mail { get; } = mail;

    /// <summary>How far the session has come.</summary>
    public SessionPhases Phase { get; private set; } = SessionPhases.Fresh;

    /// <summary>Whether the client greeted with EHLO.</summary>
    public bool IsExtended { get; private set; }

    /// <summary>Whether the client authenticated.</summary>
    public bool IsSignedIn { get; private set; }

    /// <summary>Whether MAIL gave SMTPUTF8.</summary>
    public bool IsInternationalized { get; private set; }

    /// <summary>Recipients of the open transaction that were accepted.</summary>
    public int Recipients { get; private set; }

    /// <summary>
    /// For LMTP: for each RCPT of the open transaction that was accepted, in their order, which of its distinct recipients it named.
    /// </summary>
    public IReadOnlyList<int> AcceptedNames => _acceptedNames;

    /// <summary>Whether each recipient gets an answer (RFC 2033).</summary>
    public bool IsLmtp => Options.Flavour == SmtpFlavour.Lmtp;

    /// <summary>Whether a recipient of the open transaction was refused.</summary>
    public bool HasRefusedRecipient { get; private set; }

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => Phase is SessionPhases.Sender or SessionPhases.Recipients or SessionPhases.Chunks;

    /// <summary>The SASL mechanisms to offer now.</summary>
    public IReadOnlyList<string> Mechanisms =>
        Options.OffersAuth && !IsSignedIn ? SignIn.MechanismsFor(Connection.IsEncrypted) : [];

    /// <summary>The client greeted; an open transaction ends.</summary>
    /// <param name="extended">Whether by EHLO.</param>
    public void Greeted(bool extended)
    {
        EndTransaction();
        IsExtended = extended;
        Phase = SessionPhases.Idle;
    }

    /// <summary>MAIL was accepted.</summary>
    /// <param name="isInternationalized">Whether it gave SMTPUTF8.</param>
    public void BeginTransaction(bool isInternationalized)
    {
        IsInternationalized = isInternationalized;
        Phase = SessionPhases.Sender;
    }

    /// <summary>RCPT was accepted.</summary>
    /// <param name="recipient">Whom it named.</param>
    public void AddRecipient(EmailAddress recipient)
    {
        Recipients++;
        if (IsLmtp)
        {
            _distinct.TryAdd(recipient, _distinct.Count);
            _acceptedNames.Add(_distinct[recipient]);
        }

        Phase = SessionPhases.Recipients;
    }

    /// <summary>RCPT was refused.</summary>
    public void RefuseRecipient() => HasRefusedRecipient = true;

    /// <summary>The message begins to come in chunks.</summary>
    public void BeginChunks() => Phase = SessionPhases.Chunks;

    /// <summary>Ends the transaction, if one is open.</summary>
    public void EndTransaction()
    {
        if (!IsInTransaction)
        {
            return;
        }

        Phase = SessionPhases.Idle;
        Recipients = 0;
        _acceptedNames.Clear();
        _distinct.Clear();
        HasRefusedRecipient = false;
        IsInternationalized = false;
        Mail.Reset();
    }

    /// <summary>The client authenticated.</summary>
    public void SignedIn() => IsSignedIn = true;

    /// <summary>TLS came into force: what the client said before is forgotten (RFC 3207 section 4.2).</summary>
    public void Encrypted()
    {
        EndTransaction();
        Phase = SessionPhases.Fresh;
        IsExtended = false;
        IsSignedIn = false;
        Mail.Encrypted(Connection.TlsProtocol, Connection.TlsCipher);
    }
}
