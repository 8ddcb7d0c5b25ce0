using System.Text;

namespace PluginMail.Imap.Tests;

/// <summary>Messages that others wrote, appended and fetched back octet by octet.</summary>
public sealed class CorpusTests
{
    [SkippableFact]
    public async Task Every_message_comes_back_as_it_went_in()
    {
        string folder = Path.Combine(Root(), "..", "shared", "corpora", "messages");
        Skip.IfNot(Directory.Exists(folder), "no corpora beside the project");
        await using TestServer server = await TestServer.StartAsync();
        await using TestClient client = await server.SignInAsync();
        string[] files = Directory.GetFiles(folder);
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            await client.AppendAsync("INBOX", await File.ReadAllBytesAsync(file));
        }

        await client.DoAsync("SELECT INBOX");
        for (int i = 0; i < files.Length; i++)
        {
            await CheckAsync(client, i + 1, await File.ReadAllBytesAsync(files[i]), Path.GetFileName(files[i]));
        }
    }

    private static async Task CheckAsync(TestClient client, int number, byte[] sent, string name)
    {
        string whole = await client.DoRawAsync($"FETCH {number} BODY.PEEK[]");
        string body = Encoding.Latin1.GetString(sent);
        Assert.True(whole.StartsWith($"* {number} FETCH (BODY[] {{{sent.Length}}}\r\n{body})\r\n", StringComparison.Ordinal), name);
        string header = LiteralOf(await client.DoRawAsync($"FETCH {number} BODY.PEEK[HEADER]"));
        string text = LiteralOf(await client.DoRawAsync($"FETCH {number} BODY.PEEK[TEXT]"));
        Assert.True(body == header + text, name);
        string structure = await client.DoRawAsync($"FETCH {number} (ENVELOPE BODY BODYSTRUCTURE)");
        var list = new ListReader(structure, structure.IndexOf('('));
        List<object?> items = Assert.IsType<List<object?>>(list.Read());
        Assert.Equal(["ENVELOPE", "BODY", "BODYSTRUCTURE"], [items[0], items[2], items[4]]);
        Assert.Equal(10, Assert.IsType<List<object?>>(items[1]).Count);
        foreach ((string section, string size) in Leaves(Assert.IsType<List<object?>>(items[5]), ""))
        {
            string part = await client.DoRawAsync($"FETCH {number} BODY.PEEK[{section}]");
            Assert.True(part.Contains($"{{{size}}}", StringComparison.Ordinal) || size == "0", $"{name} part {section}: {size} in {part[..Math.Min(80, part.Length)]}");
        }
    }

    /// <summary>The sections of a structure's leaves with their sizes, as BODYSTRUCTURE gives them.</summary>
    private static IEnumerable<(string Section, string Size)> Leaves(List<object?> part, string prefix)
    {
        if (part[0] is List<object?>)
        {
            int number = 1;
            foreach (List<object?> child in part.TakeWhile(item => item is List<object?>).Cast<List<object?>>())
            {
                foreach ((string, string) leaf in Leaves(child, $"{prefix}{number}."))
                {
                    yield return leaf;
                }

                number++;
            }
        }
        else
        {
            Assert.True(part.Count >= 7, "a leaf has seven fields at least");
            yield return (prefix.Length == 0 ? "1" : prefix.TrimEnd('.'), (string)part[6]!);
        }
    }

    private static string LiteralOf(string response)
    {
        int open = response.IndexOf('{', StringComparison.Ordinal);
        int close = response.IndexOf("}\r\n", open, StringComparison.Ordinal);
        return response.Substring(close + 3, int.Parse(response.AsSpan(open + 1, close - open - 1)));
    }

    internal static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PluginMail.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("PluginMail.sln");
    }
}
