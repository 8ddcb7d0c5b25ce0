using System.Text;

namespace PluginMail.EndToEnd;

/// <summary>A client of SMTP that says what it is told and shows every reply.</summary>
internal sealed class SmtpDialog : IAsyncDisposable
{
    private readonly Dialog _dialog;

    private SmtpDialog(Dialog dialog) => _dialog = dialog;

    /// <summary>Connects and says EHLO.</summary>
    public static async Task<SmtpDialog> ConnectAsync(int port, bool tls = false)
    {
        var smtp = new SmtpDialog(await Dialog.ConnectAsync(port, tls));
        await smtp.ExpectAsync("220");
        await smtp.WriteAsync("EHLO client.example.org\r\n");
        await smtp.ExpectAsync("250");
        return smtp;
    }

    /// <summary>Signs in with PLAIN.</summary>
    public async Task SignInAsync(Login login)
    {
        string secret = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{login.Address}\0{login.Password}"));
        await WriteAsync($"AUTH PLAIN {secret}\r\n");
        await ExpectAsync("235");
    }

    /// <summary>Sends a message and gives the reply to its data, or the first refusal.</summary>
    public async Task<string> SendAsync(string from, string to, string message)
    {
        foreach (string command in (string[])[$"MAIL FROM:<{from}>", $"RCPT TO:<{to}>", "DATA"])
        {
            await WriteAsync(command + "\r\n");
            string reply = await ReadReplyAsync();
            if (reply[0] is not '2' and not '3')
            {
                return reply;
            }
        }

        string stuffed = ("\r\n" + message).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)[2..];
        await WriteAsync($"{stuffed}{(stuffed.EndsWith("\r\n", StringComparison.Ordinal) ? "" : "\r\n")}.\r\n");
        return await ReadReplyAsync();
    }

    /// <summary>Sends a message that must be taken.</summary>
    /// <param name="mail">What stands behind MAIL FROM:, parameters included.</param>
    /// <param name="rcpt">What stands behind RCPT TO:, parameters included.</param>
    /// <param name="message">The message.</param>
    public async Task SubmitAsync(string mail, string rcpt, string message)
    {
        foreach ((string command, string code) in new[] { ($"MAIL FROM:{mail}", "250"), ($"RCPT TO:{rcpt}", "250"), ("DATA", "354") })
        {
            await WriteAsync(command + "\r\n");
            await ExpectAsync(code);
        }

        await WriteAsync(("\r\n" + message).Replace("\r\n.", "\r\n..", StringComparison.Ordinal)[2..] + ".\r\n");
        await ExpectAsync("250");
    }

    public Task WriteAsync(string text) => _dialog.WriteAsync(text);

    /// <summary>Reads a reply, all of its lines.</summary>
    /// <exception cref="IOException">The connection is closed.</exception>
    public async Task<string> ReadReplyAsync()
    {
        var reply = new StringBuilder();
        while (await _dialog.ReadLineAsync() is { } line)
        {
            reply.Append(line);
            if (line.Length < 4 || line[3] != '-')
            {
                return reply.ToString();
            }

            reply.Append('\n');
        }

        throw new IOException("the server closed the connection");
    }

    public ValueTask DisposeAsync() => _dialog.DisposeAsync();

    private async Task ExpectAsync(string code)
    {
        string reply = await ReadReplyAsync();
        if (!reply.StartsWith(code, StringComparison.Ordinal))
        {
            throw new IOException($"expected {code}, got: {reply}");
        }
    }
}
