using System.Buffers;
using System.CommandLine;
using System.Text;
using PluginMail.Mime;

namespace PluginMail.Server;

/// <summary><c>sendmail</c>: takes a message from standard input, for cron and scripts.</summary>
internal static class SendmailCommand
{
    // What the control socket carries, less some room for envelope and added fields. What may be sent is the server's to say.
    private const int MaximumMessage = (ControlServer.MaximumRequest / 4 * 3) - (4 << 20);

    public static Command Build(CommandContext context)
    {
        var recipients = new Argument<string[]>("RECIPIENT") { Arity = ArgumentArity.ZeroOrMore };
        var fromHeader = new Option<bool>("-t") { Description = "Takes recipients from To, Cc and Bcc" };
        var sender = new Option<string?>("-f", "-r") { Description = "The reverse path; <> is the null sender" };
        var name = new Option<string?>("-F") { Description = "The sender's display name, where the message has no From" };
        var ignoreDots = new Option<bool>("-i", "-oi") { Description = "A line with a single dot does not end the message" };
        var ignored = new Option<string[]>("-o", "-B", "-N", "-R", "-O", "-q") { Description = "Taken for compatibility, without effect", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("sendmail", "Takes a message from standard input, as sendmail does") { recipients, fromHeader, sender, name, ignoreDots, ignored };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (await ReadAsync(parsed.GetValue(ignoreDots), cancellationToken) is not { } octets)
            {
                return CommandContext.Show(AdminResponse.Failed($"the message is longer than {MaximumMessage} octets, the most that sendmail can hand over; send it by SMTP"), asJson: false);
            }

            string from = (parsed.GetValue(sender) ?? Environment.UserName).Trim('<', '>');
            List<string> to = [.. parsed.GetValue(recipients)!];
            if (parsed.GetValue(fromHeader))
            {
                to.AddRange(Recipients(octets));
            }

            if (to.Count == 0)
            {
                return CommandContext.Show(AdminResponse.Unusable("no recipients"), asJson: false);
            }

            AdminRequest request = CommandContext.Request(
                "sendmail", [("from", from), ("name", parsed.GetValue(name))], to, Complete(octets, from, parsed.GetValue(name)));
            return await context.RunAsync(parsed, request, cancellationToken);
        });
        return command;
    }

    /// <returns>Null where it is too long; a part of a message is no message.</returns>
    private static async Task<byte[]?> ReadAsync(bool ignoreDots, CancellationToken cancellationToken)
    {
        await using Stream input = Console.OpenStandardInput();
        using var message = new MemoryStream();
        byte[] block = new byte[65536];
        for (int count; message.Length <= MaximumMessage && (count = await input.ReadAsync(block, cancellationToken)) > 0;)
        {
            message.Write(block, 0, count);
        }

        return message.Length > MaximumMessage ? null : ToCrLf(message.ToArray(), ignoreDots);
    }

    private static byte[] ToCrLf(byte[] octets, bool ignoreDots)
    {
        var result = new MemoryStream(octets.Length + (octets.Length / 20));
        foreach (Range range in Lines(octets))
        {
            ReadOnlySpan<byte> line = octets.AsSpan()[range];
            line = line.EndsWith("\n"u8) ? line[..^1] : line;
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            if (!ignoreDots && line.SequenceEqual("."u8))
            {
                break;
            }

            result.Write(line);
            result.Write("\r\n"u8);
        }

        return result.ToArray();
    }

    private static IEnumerable<Range> Lines(byte[] octets)
    {
        for (int start = 0; start < octets.Length;)
        {
            int end = Array.IndexOf(octets, (byte)'\n', start);
            end = end < 0 ? octets.Length : end + 1;
            yield return start..end;
            start = end;
        }
    }

    private static List<string> Recipients(byte[] octets)
    {
        List<string> recipients = [];
        HeaderBlock.FindBody(octets, out int headerEnd);
        foreach (HeaderField field in new HeaderBlock(octets.AsSpan(0, headerEnd)))
        {
            if (field.Is("To"u8) || field.Is("Cc"u8) || field.Is("Bcc"u8))
            {
                recipients.AddRange(AddressParser.Parse(field.RawValue).Where(address => address is { IsValid: true, IsGroup: false }).Select(address => address.Address));
            }
        }

        return recipients;
    }

    // Programs that call sendmail leave these to it (RFC 6409 section 8); Bcc must not be seen by recipients.
    private static byte[] Complete(byte[] octets, string from, string? name)
    {
        HeaderBlock.FindBody(octets, out int headerEnd);
        var header = new HeaderBlock(octets.AsSpan(0, headerEnd));
        List<MimeHeaderEdit> edits = [new MimeHeaderEdit.Remove("Bcc")];
        if (!header.TryFind("From"u8, out _))
        {
            edits.Add(new MimeHeaderEdit.Prepend("From", name is null ? from : $"\"{name.Replace('"', '\'')}\" <{from}>"));
        }

        if (!header.TryFind("Date"u8, out _))
        {
            edits.Add(new MimeHeaderEdit.Prepend("Date", MailDate.Format(TimeProvider.System.GetLocalNow())));
        }

        if (!header.TryFind("Message-ID"u8, out _))
        {
            edits.Add(new MimeHeaderEdit.Prepend("Message-ID", $"<{Guid.NewGuid():N}@{Environment.MachineName}>"));
        }

        var output = new ArrayBufferWriter<byte>(octets.Length + 256);
        HeaderEdits.Apply(octets.AsSpan(0, headerEnd), edits, output);
        output.Write(headerEnd == 0 ? Encoding.ASCII.GetBytes("\r\n") : []);
        output.Write(octets.AsSpan(headerEnd));
        return output.WrittenSpan.ToArray();
    }
}
