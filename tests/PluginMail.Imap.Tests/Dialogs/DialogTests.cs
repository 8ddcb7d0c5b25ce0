using System.Text;
using System.Text.RegularExpressions;

namespace PluginMail.Imap.Tests;

/// <summary>Runs the transcripts in dialogs/. C: is sent, S: is expected; numbers tell sessions apart; an ellipsis stands for any text, VALIDITY# for a number.</summary>
/// <remarks>Sessions are signed in already, unless the file's first line is <c># raw</c>. <c>S: closed</c> expects the connection's end.</remarks>
public sealed class DialogTests
{
    public static TheoryData<string> Dialogs()
    {
        var names = new TheoryData<string>();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "dialogs")).Order())
        {
            names.Add(Path.GetFileName(file));
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Dialogs))]
    public async Task Goes_as_written(string file)
    {
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "dialogs", file));
        bool isRaw = lines[0].StartsWith("# raw", StringComparison.Ordinal);
        await using TestServer server = await TestServer.StartAsync(allowsPlainText: !lines[0].Contains("no plain text", StringComparison.Ordinal));
        var clients = new Dictionary<string, TestClient>();
        for (int i = 0; i < lines.Length; i++)
        {
            Match match = Regex.Match(lines[i], "^([CS])(\\d?): ?(.*)$");
            if (!match.Success)
            {
                continue;
            }

            string text = Unescape(match.Groups[3].Value);
            if (!clients.TryGetValue(match.Groups[2].Value, out TestClient? client))
            {
                clients[match.Groups[2].Value] = client = isRaw ? server.Connect() : await server.SignInAsync();
            }

            if (match.Groups[1].Value == "C")
            {
                await client.SendLineAsync(text);
                continue;
            }

            string? line = await client.ReadLineAsync();
            string pattern = "^" + Regex.Escape(text)
                .Replace("â\u0080¦", ".*", StringComparison.Ordinal).Replace(@"VALIDITY\#", @"\d+", StringComparison.Ordinal) + "$";
            Assert.True(
                text == "closed" ? line is null : line is not null && Regex.IsMatch(line, pattern),
                $"{file}:{i + 1}: expected '{match.Groups[3].Value}', got '{line}'");
        }

        foreach (TestClient client in clients.Values)
        {
            await client.DisposeAsync();
        }
    }

    /// <summary>UTF-8 octets as Latin-1 characters, as they are on the wire; <c>\x00</c> forms become octets.</summary>
    private static string Unescape(string text) => Regex.Replace(
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)),
        @"\\x([0-9a-f]{2})",
        match => ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString());
}
