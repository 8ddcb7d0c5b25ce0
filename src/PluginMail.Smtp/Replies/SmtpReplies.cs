using PluginMail.Abstractions;

namespace PluginMail.Smtp;

/// <summary>The protocol's own replies (RFC 5321 section 4.2, RFC 3463).</summary>
internal static class SmtpReplies
{
    public static readonly SmtpReply Ok = new(250, new(2, 0, 0), "OK");
    public static readonly SmtpReply SenderOk = new(250, new(2, 1, 0), "Sender OK");
    public static readonly SmtpReply RecipientOk = new(250, new(2, 1, 5), "Recipient OK");
    public static readonly SmtpReply SendMessage = new(354, null, "End data with <CR><LF>.<CR><LF>");
    public static readonly SmtpReply ReadyForTls = new(220, new(2, 0, 0), "Ready to start TLS");
    public static readonly SmtpReply CannotVerify = new(252, new(2, 5, 2), "Cannot verify the address; send mail and delivery is attempted");
    public static readonly SmtpReply SignedIn = new(235, new(2, 7, 0), "Authentication successful");

    public static readonly SmtpReply LhloWanted = new(500, new(5, 5, 1), "This is LMTP: greet with LHLO");
    public static readonly SmtpReply UnknownCommand = new(500, new(5, 5, 1), "Command not recognized");
    public static readonly SmtpReply LineTooLong = new(500, new(5, 5, 2), "Line too long");
    public static readonly SmtpReply BareLineFeed = new(500, new(5, 5, 2), "Lines end with CR LF");
    public static readonly SmtpReply ControlCharacter = new(501, new(5, 5, 2), "Control character in a command");
    public static readonly SmtpReply NotAscii = new(501, new(5, 5, 2), "Not ASCII");
    public static readonly SmtpReply NoArgument = new(501, new(5, 5, 4), "This command takes no argument");
    public static readonly SmtpReply ArgumentRequired = new(501, new(5, 5, 4), "An argument is required");
    public static readonly SmtpReply InvalidHelloName = new(501, new(5, 5, 4), "Give your domain name or address literal");
    public static readonly SmtpReply InvalidParameter = new(501, new(5, 5, 4), "Parameter not well formed or given twice");
    public static readonly SmtpReply UnknownParameter = new(555, new(5, 5, 4), "Parameter not recognized or not implemented");
    public static readonly SmtpReply NotImplemented = new(502, new(5, 5, 1), "Command not implemented");
    public static readonly SmtpReply InvalidSender = new(501, new(5, 1, 7), "Bad sender address syntax: MAIL FROM:<address>");
    public static readonly SmtpReply InvalidRecipient = new(501, new(5, 1, 3), "Bad recipient address syntax: RCPT TO:<address>");
    public static readonly SmtpReply NotInternationalized = new(553, new(5, 6, 7), "Non-ASCII address without SMTPUTF8");
    public static readonly SmtpReply MessageTooLarge = new(552, new(5, 3, 4), "Message exceeds the size limit");
    public static readonly SmtpReply TooManyRecipients = new(452, new(4, 5, 3), "Too many recipients");
    public static readonly SmtpReply BareLineEnd = new(554, new(5, 6, 0), "Message has a CR or LF that is not part of CR LF");
    public static readonly SmtpReply InvalidChunk = new(501, new(5, 5, 4), "Send BDAT size or BDAT size LAST; what follows cannot be told from commands");

    public static readonly SmtpReply GreetFirst = new(503, new(5, 5, 1), "Send EHLO first");
    public static readonly SmtpReply MailFirst = new(503, new(5, 5, 1), "Send MAIL first");
    public static readonly SmtpReply RecipientFirst = new(503, new(5, 5, 1), "Send RCPT first");
    public static readonly SmtpReply NoValidRecipients = new(554, new(5, 5, 1), "No valid recipients");
    public static readonly SmtpReply TransactionOpen = new(503, new(5, 5, 1), "A transaction is open");
    public static readonly SmtpReply ChunksBegun = new(503, new(5, 5, 1), "The message is being sent in chunks: send BDAT or RSET");
    public static readonly SmtpReply TlsInForce = new(503, new(5, 5, 1), "TLS is in force already");
    public static readonly SmtpReply AlreadySignedIn = new(503, new(5, 5, 1), "Already authenticated");

    public static readonly SmtpReply AuthenticationRequired = new(530, new(5, 7, 0), "Authentication required");
    public static readonly SmtpReply TlsRequired = new(530, new(5, 7, 0), "Must issue a STARTTLS command first");
    public static readonly SmtpReply EncryptionRequired = new(538, new(5, 7, 11), "Encryption required for requested authentication mechanism");
    public static readonly SmtpReply UnknownMechanism = new(504, new(5, 5, 4), "Unrecognized authentication mechanism");
    public static readonly SmtpReply InvalidBase64 = new(501, new(5, 5, 2), "Not base64");
    public static readonly SmtpReply SignInCancelled = new(501, new(5, 7, 0), "Authentication cancelled");
    public static readonly SmtpReply SignInMalformed = new(501, new(5, 5, 2), "Authentication exchange not well formed");
    public static readonly SmtpReply SignInLineTooLong = new(500, new(5, 5, 6), "Authentication exchange line is too long");
    public static readonly SmtpReply SignInRejected = new(535, new(5, 7, 8), "Authentication credentials invalid");
    public static readonly SmtpReply SignInUnavailable = new(454, new(4, 7, 0), "Temporary authentication failure");

    public static readonly SmtpReply StoreUnavailable = new(452, new(4, 3, 1), "Insufficient system storage");
    public static readonly SmtpReply Fault = SmtpReply.LocalError("Local error in processing, try again later");

    /// <summary>421 with the hostname, after which the connection is closed (RFC 5321 section 3.8).</summary>
    public static SmtpReply Closing(ushort subject, ushort detail, string hostname, string reason) =>
        new(421, new(4, subject, detail), $"{hostname} {reason}");
}
