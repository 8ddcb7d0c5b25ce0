using System.Globalization;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Queue;

/// <summary>What people read in a report: what happened, why, and what they can do.</summary>
internal static class ReportText
{
    private const int MaximumShown = 100;

    public static string Subject(ReportKind kind) => kind switch
    {
        ReportKind.Failure => "Your message could not be delivered",
        ReportKind.Delay => "Your message is delayed",
        _ => "Your message was delivered",
    };

    public static string Write(ReportKind kind, QueueEntry entry, IReadOnlyList<QueueRecipient> recipients, string? subject, string hostname, DateTimeOffset expires)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"This is the mail server {hostname}.\n\nYour message of {MailDate.Format(entry.Queued)}\n");
        if (!string.IsNullOrWhiteSpace(subject))
        {
            text.Append(CultureInfo.InvariantCulture, $"with the subject \"{(subject.Length > 200 ? subject[..200] : subject)}\"\n");
        }

        text.Append(kind switch
        {
            ReportKind.Failure => "could not be delivered to:\n",
            ReportKind.Delay => "has not been delivered yet to:\n",
            _ => "was delivered, as you wished to be told:\n",
        });
        foreach (QueueRecipient recipient in recipients.Take(MaximumShown))
        {
            Write(text, kind, recipient);
        }

        if (recipients.Count > MaximumShown)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {recipients.Count - MaximumShown} others; all stand in the part for programs below.\n");
        }

        return text.Append(kind switch
        {
            ReportKind.Failure => "\nIt is not tried again. What you sent, or its header, is attached.\n",
            ReportKind.Delay => $"\nYou need not do anything: it is tried again until {MailDate.Format(expires)},\nand you are told if it cannot be delivered by then.\n",
            _ => "\n",
        }).ToString();
    }

    private static void Write(StringBuilder text, ReportKind kind, QueueRecipient recipient)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n  <{recipient.Address}>\n");
        if (kind == ReportKind.Success)
        {
            text.Append(recipient.Status switch
            {
                QueueRecipientStatus.Relayed => "    was handed to the next mail server, which sends no such reports.\n",
                QueueRecipientStatus.Expanded => "    stands for several addresses; the message goes on to them.\n",
                _ => "    was put into the mailbox.\n",
            });
            return;
        }

        if (recipient.LastReply is not { } last)
        {
            text.Append("    could not be tried yet: the other side's mail server cannot be reached.\n");
            return;
        }

        SmtpReply reply = ReplyText.Read(last);
        text.Append(CultureInfo.InvariantCulture, $"    What happened: {last}\n");
        if (recipient.LastHost is { } host)
        {
            text.Append(CultureInfo.InvariantCulture, $"    So said:       {host}\n");
        }

        bool isExpired = kind == ReportKind.Failure && reply.IsTransient;
        Explanation explanation = Explanation.Of(reply, isExpired, isOwn: recipient.LastHost is null);
        text.Append(CultureInfo.InvariantCulture, $"    Why:           {explanation.Why}\n");
        if (isExpired)
        {
            text.Append(CultureInfo.InvariantCulture, $"                   It was tried for as long as this server keeps messages.\n");
        }

        if (kind == ReportKind.Failure)
        {
            text.Append(CultureInfo.InvariantCulture, $"    What to do:    {explanation.WhatToDo}\n");
        }
    }
}
