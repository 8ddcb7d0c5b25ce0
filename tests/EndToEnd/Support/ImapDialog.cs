using System.Globalization;
using System.Text;

namespace PluginMail.EndToEnd;

/// <summary>A client of IMAP that says what it is told and shows every response.</summary>
internal sealed class ImapDialog : IAsyncDisposable
{
    private readonly Dialog _dialog;
    private int _tag;

    private ImapDialog(Dialog dialog) => _dialog = dialog;

    /// <summary>Connects with TLS, signs in and selects a folder.</summary>
    public static async Task<ImapDialog> OpenAsync(MailServerProcess server, Login login, string? folder = "INBOX")
    {
        ImapDialog imap = await ConnectAsync(server);
        await imap.OkAsync($"LOGIN {login.Address} {login.Password}");
        if (folder is not null)
        {
            await imap.OkAsync($"SELECT \"{folder}\"");
        }

        return imap;
    }

    /// <summary>Connects with TLS and reads the greeting.</summary>
    public static async Task<ImapDialog> ConnectAsync(MailServerProcess server)
    {
        var imap = new ImapDialog(await Dialog.ConnectAsync(server.Ports.ImapTls, tls: true));
        Assert.StartsWith("* OK", await imap._dialog.ReadLineAsync(), StringComparison.Ordinal);
        return imap;
    }

    /// <summary>Counts the messages in a folder of an account; 0 where there is no such folder.</summary>
    public static async Task<int> CountAsync(MailServerProcess server, Login login, string folder)
    {
        await using ImapDialog imap = await OpenAsync(server, login, folder: null);
        (string responses, string completion) = await imap.CommandAsync($"STATUS \"{folder}\" (MESSAGES)");
        int at = responses.IndexOf("MESSAGES ", StringComparison.Ordinal);
        return !completion.StartsWith("OK", StringComparison.Ordinal) ? 0
            : int.Parse(responses[(at + 9)..responses.IndexOf(')', at)], CultureInfo.InvariantCulture);
    }

    /// <summary>Says a command that must succeed.</summary>
    /// <returns>The untagged responses, literals in place.</returns>
    public async Task<string> OkAsync(string command)
    {
        (string responses, string completion) = await CommandAsync(command);
        Assert.True(completion.StartsWith("OK", StringComparison.Ordinal), $"{command}: {completion}\n{responses}");
        return responses;
    }

    /// <summary>Says a command.</summary>
    public async Task<(string Responses, string Completion)> CommandAsync(string command)
    {
        string tag = $"t{++_tag} ";
        await _dialog.WriteLineAsync(tag + command);
        var responses = new StringBuilder();
        while (await ReadResponseAsync() is { } response)
        {
            if (response.StartsWith(tag, StringComparison.Ordinal))
            {
                return (responses.ToString(), response[tag.Length..]);
            }

            responses.Append(response).Append("\r\n");
        }

        throw new IOException($"the server closed the connection after {command}: {responses}");
    }

    public Task WriteLineAsync(string line) => _dialog.WriteLineAsync(line);

    /// <summary>Reads one response, with its literals.</summary>
    /// <returns>The response; null where the connection is closed.</returns>
    public async Task<string?> ReadResponseAsync()
    {
        var response = new StringBuilder();
        while (await _dialog.ReadLineAsync() is { } line)
        {
            response.Append(line);
            if (!line.EndsWith('}') || !line.Contains('{', StringComparison.Ordinal))
            {
                return response.ToString();
            }

            int count = int.Parse(line.AsSpan()[(line.LastIndexOf('{') + 1)..^1], CultureInfo.InvariantCulture);
            response.Append("\r\n").Append(await _dialog.ReadAsync(count));
        }

        return response.Length > 0 ? response.ToString() : null;
    }

    public ValueTask DisposeAsync() => _dialog.DisposeAsync();
}
