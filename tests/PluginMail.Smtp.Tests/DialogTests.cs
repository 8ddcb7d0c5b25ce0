using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PluginMail.Transport;

namespace PluginMail.Smtp.Tests;

/// <summary>Plays the transcripts in dialogs/ against the server; dialogs/README.md says how they are written.</summary>
public sealed class DialogTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "dialogs");
    private static readonly Lazy<ServerCertificate> Certificate = new(TestCertificate.Make);

    public static TheoryData<string> Dialogs() => [.. Directory.GetFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order()];

    [Theory]
    [MemberData(nameof(Dialogs))]
    public async Task Goes_as_written(string dialog)
    {
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(Folder, dialog + ".txt"));
        await using InMemorySession session = Open(lines.Where(line => line.StartsWith("# ", StringComparison.Ordinal)));
        var unsent = new StringBuilder();
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i];
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string text = line.Length > 3 ? line[3..] : "";
            if (line.StartsWith("C:", StringComparison.Ordinal))
            {
                unsent.Append(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text))).Append("\r\n");
                continue;
            }

            if (line.StartsWith("C>", StringComparison.Ordinal))
            {
                unsent.Append(Regex.Unescape(text));
                continue;
            }

            if (unsent.Length > 0)
            {
                await session.SendAsync(unsent.ToString());
                unsent.Clear();
            }

            await PlayAsync(session, line[..2], text, $"{dialog}.txt({i + 1})");
        }
    }

    private static async Task PlayAsync(InMemorySession session, string kind, string text, string where)
    {
        switch (kind)
        {
            case "S:":
                string? reply = await session.ReadLineAsync();
                string pattern = text == "<closed>" ? "^$" : "^" + Regex.Escape(text).Replace(@"\.\.\.", ".*", StringComparison.Ordinal) + "$";
                Assert.True(Regex.IsMatch(reply ?? "", pattern) && reply is null == (text == "<closed>"), $"{where}: expected {text}, got {reply ?? "<closed>"}");
                break;
            case "M:":
                Assert.True(session.Sessions.Messages.TryDequeue(out Recorded? message), $"{where}: no message");
                Assert.Equal(Regex.Unescape(text), message.ToString());
                break;
            case "M-":
                Assert.Empty(session.Sessions.Messages);
                break;
            case "E:":
                Assert.Contains(text, session.Sessions.Events);
                break;
            case "T:":
                await session.AdvanceAsync(TimeSpan.FromSeconds(int.Parse(text, CultureInfo.InvariantCulture)));
                break;
            case "X:":
                await session.StopAsync();
                break;
            default:
                Assert.Fail($"{where}: unknown kind of line {kind}");
                break;
        }
    }

    private static InMemorySession Open(IEnumerable<string> comments)
    {
        var words = comments.SelectMany(line => line.Split(' ')).Where(word => word.Contains('=', StringComparison.Ordinal))
            .Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        int Number(string name, int standard) => words.TryGetValue(name, out string? value) ? int.Parse(value, CultureInfo.InvariantCulture) : standard;
        SmtpOptions options = SmtpOptions.For(
            Enum.Parse<SmtpFlavour>(words.GetValueOrDefault("flavour", "smtp"), ignoreCase: true), "mx.example.test") with
        {
            MaximumMessageSize = Number("size", 1000),
            MaximumRecipients = Number("recipients", 100),
            MaximumErrors = Number("errors", 20),
        };
        if (words.GetValueOrDefault("auth") == "offered")
        {
            options = options with { OffersAuth = true };
        }

        return new InMemorySession(
            options,
            new RecordingSessions { Connect = words.ContainsKey("connect") ? new(554, new(5, 7, 1), "Not you") : null },
            new ScriptedSignIn { AllowsPlainTextAlways = words.GetValueOrDefault("plain") == "allowed" },
            words.GetValueOrDefault("tls") == "offered" ? Certificate.Value : null);
    }
}
