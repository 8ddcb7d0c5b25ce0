using System.Text.RegularExpressions;

namespace PluginMail.Pop3.Tests;

/// <summary>
/// Plays dialogs/*.txt. <c>M:</c> puts a message into the maildrop (C escapes), <c>SET:</c> changes the server, <c>C:</c> is sent (lines that follow
/// each other in one go), <c>S:</c> is expected (<c>*</c> stands for anything, <c>(end)</c> for the end), <c>LEFT:</c> tells the UIDs left over.
/// </summary>
public sealed partial class DialogTests
{
    public static TheoryData<string> Dialogs =>
        [.. Directory.GetFiles(Path.Combine(Root(), "dialogs"), "*.txt").Select(static f => Path.GetFileNameWithoutExtension(f))];

    [Theory]
    [MemberData(nameof(Dialogs))]
    public async Task Dialog(string name)
    {
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(Root(), "dialogs", name + ".txt"));
        var store = new StoreInMemory();
        var options = new Pop3Options();
        bool requiresTls = false;
        Pop3Client? client = null;
        string sending = "";
        for (int i = 0; i < lines.Length; i++)
        {
            (string kind, string text) = Split(lines[i]);
            switch (kind)
            {
                case "" or "#":
                    break;
                case "M":
                    store.Add(System.Text.Encoding.Latin1.GetBytes(Regex.Unescape(text)));
                    break;
                case "SET":
                    requiresTls |= text == "require-tls";
                    options = text.StartsWith("errors ", StringComparison.Ordinal) ? options with { MaximumErrors = int.Parse(text[7..]) } : options;
                    store.RemovalsLeft = text == "refuse-removal" ? 0 : store.RemovalsLeft;
                    store.RefusesReads = text == "refuse-reads" || (store.RefusesReads && text != "allow-reads");
                    store.IsFaulty = text == "faulty" || (store.IsFaulty && text != "sane");
                    break;
                case "C":
                    sending += Regex.Unescape(text) + "\r\n";
                    break;
                case "S":
                    client ??= new Pop3Fixture(store, options, requiresTls).Connect();
                    if (sending.Length > 0)
                    {
                        await client.SendAsync(sending);
                        sending = "";
                    }

                    string said = await client.ReadLineAsync() ?? "(end)";
                    Assert.True(Pattern(text).IsMatch(said), $"{name}.txt line {i + 1}: expected <{text}>, got <{said}>");
                    break;
                case "LEFT":
                    await client!.HangUpAsync();
                    Assert.Equal(text, string.Join(' ', store.Uids));
                    break;
                default:
                    Assert.Fail($"{name}.txt line {i + 1}: {lines[i]}");
                    break;
            }
        }

        await client!.HangUpAsync();
        Assert.Equal(0, store.HoldsOpen);
    }

    private static (string Kind, string Text) Split(string line)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return ("", "");
        }

        int colon = line.IndexOf(':');
        return (line[..colon], line.Length > colon + 2 ? line[(colon + 2)..] : "");
    }

    private static Regex Pattern(string text) => new("^" + Regex.Escape(text).Replace("\\*", ".*", StringComparison.Ordinal) + "$");

    internal static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PluginMail.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder!, "tests", "PluginMail.Pop3.Tests");
    }
}
