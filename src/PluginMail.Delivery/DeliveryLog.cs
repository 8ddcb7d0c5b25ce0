using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Delivery;

/// <summary>What delivery logs: one line for each copy, and for each failure.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(1, LogLevel.Information, "{Id}: delivered to=<{Account}> folder={Folder} uid={Uid} size={Size} from=<{Sender}>")]
    public static partial void Delivered(ILogger log, string id, EmailAddress account, string folder, uint uid, long size, string sender);

    [LoggerMessage(2, LogLevel.Information, "{Id}: not delivered to=<{Account}>: {Reply}")]
    public static partial void NotDelivered(ILogger log, string id, EmailAddress account, string reply);

    [LoggerMessage(3, LogLevel.Information, "{Id}: discarded to=<{Account}> by filter {Script}")]
    public static partial void Discarded(ILogger log, string id, EmailAddress account, string script);

    [LoggerMessage(4, LogLevel.Warning, "{Id}: filter {Script} of <{Account}> failed, the message is kept in INBOX: {Fault}")]
    public static partial void FilterFailed(ILogger log, string id, string script, EmailAddress account, string fault);

    [LoggerMessage(5, LogLevel.Warning, "filter {Script} of <{Account}> does not compile: {Fault}; {Meanwhile} in force")]
    public static partial void FilterDoesNotCompile(ILogger log, string script, EmailAddress account, string fault, string meanwhile);

    [LoggerMessage(6, LogLevel.Warning, "{Id}: filter {Script} of <{Account}> wants to redirect to <{Target}>, which this server cannot reach; the message is kept")]
    public static partial void CannotRedirect(ILogger log, string id, string script, EmailAddress account, string target);

    [LoggerMessage(8, LogLevel.Warning, "{Id}: the copy of all mail of {Of} cannot be delivered to <{To}>: {Reply}")]
    public static partial void NoCopy(ILogger log, string id, string of, EmailAddress to, string reply);

    [LoggerMessage(9, LogLevel.Information, "{Id}: list <{List}> from=<{Sender}> members={Members}")]
    public static partial void Posted(ILogger log, string id, EmailAddress list, string sender, int members);

    [LoggerMessage(7, LogLevel.Warning, "{Id}: filter {Script} of <{Account}>: what {Action} asks for cannot be done for one recipient alone, so the message goes its way: {Effect}")]
    public static partial void EffectNotDone(ILogger log, string id, string script, EmailAddress account, string action, string effect);

    [LoggerMessage(20, LogLevel.Information, "{Id}: filter of <{Account}> answers <{Recipient}>")]
    public static partial void Answered(ILogger log, string id, EmailAddress account, string recipient);

    [LoggerMessage(21, LogLevel.Information, "{Id}: filter of <{Account}> refuses the message, and nobody is told: {Reason}")]
    public static partial void RefusalNotReported(ILogger log, string id, EmailAddress account, string reason);

    [LoggerMessage(10, LogLevel.Warning, "{Id}: filter {Script} of <{Account}> wants to redirect to <{Target}> a message that it has redirected before; the message is kept")]
    public static partial void RedirectLoop(ILogger log, string id, string script, EmailAddress account, string target);

    [LoggerMessage(11, LogLevel.Warning, "server-wide filter {Path} does not compile: {Fault}; {Meanwhile} in force")]
    public static partial void ServerFilterDoesNotCompile(ILogger log, string path, string fault, string meanwhile);

    [LoggerMessage(12, LogLevel.Information, "{Id}: filter of <{Account}> notifies {Recipients}")]
    public static partial void Notified(ILogger log, string id, EmailAddress account, string recipients);

    [LoggerMessage(13, LogLevel.Warning, "{Number} counts of filters cannot be written, and wait: {Fault}")]
    public static partial void CountsNotWritten(ILogger log, int number, string fault);

    [LoggerMessage(14, LogLevel.Warning, "what was claimed for a letter cannot be given back, so that the next one may not be sent: {Fault}")]
    public static partial void ClaimNotReleased(ILogger log, string fault);

    [LoggerMessage(15, LogLevel.Information, "{Id}: scripts on IMAP event {Cause} of <{Account}> in {Folder}, {Script}: {Summary}")]
    public static partial void EventDone(
        ILogger log, string id, EmailAddress account, MailboxCause cause, string folder, string script, string summary);

    [LoggerMessage(16, LogLevel.Warning, "{Id}: filter {Script} of <{Account}> failed on an IMAP event in {Folder}, uid {Uid}, the message is left as it is: {Fault}")]
    public static partial void EventScriptFailed(ILogger log, string id, string script, EmailAddress account, string folder, uint uid, string fault);

    [LoggerMessage(17, LogLevel.Information, "scripts on an IMAP event of <{Account}> in {Folder}, {Messages} messages, go on beside the command that led to them")]
    public static partial void EventGoesOn(ILogger log, EmailAddress account, string folder, int messages);

    [LoggerMessage(18, LogLevel.Error, "scripts on an IMAP event of <{Account}> in {Folder} could not be run: {Fault}")]
    public static partial void EventFailed(ILogger log, EmailAddress account, string folder, string fault);

    [LoggerMessage(19, LogLevel.Warning, "the server stops: scripts on IMAP events are not run, or not to their end, for {Messages} messages")]
    public static partial void EventsNotRun(ILogger log, int messages);
}
