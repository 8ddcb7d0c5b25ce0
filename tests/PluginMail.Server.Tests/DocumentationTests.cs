using System.Text.RegularExpressions;
using PluginMail.Testing;

namespace PluginMail.Server.Tests;

/// <summary>What the texts say is so: links lead somewhere, and what the standards table names is announced by the code it points to.</summary>
public sealed partial class DocumentationTests
{
    private static readonly Dictionary<string, string[]> Announcements = new()
    {
        ["SMTP"] = ["src/PluginMail.Smtp/Commands/Greeting.cs"],
        ["IMAP4rev1"] = ["src/PluginMail.Imap/Sessions/Capabilities.cs"],
        ["POP3"] = ["src/PluginMail.Pop3/Commands/Capa.cs", "src/PluginMail.Pop3/Commands/Stls.cs"],
        ["Logins"] = ["src/PluginMail.Pipeline/Authentication/Mechanisms/SaslMechanism.cs", "src/PluginMail.Pipeline/Authentication/Mechanisms/ScramExchange.cs",
            "src/PluginMail.Pipeline/Authentication/SignInOptions.cs"],
    };

    public static TheoryData<string> Texts() =>
        [.. Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Relative_links_lead_somewhere(string text)
    {
        string folder = Path.GetDirectoryName(Repository.Path(text))!;
        IEnumerable<string> targets = Links().Matches(File.ReadAllText(Repository.Path(text)))
            .Select(link => link.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal));
        Assert.All(targets, target => Assert.True(Path.Exists(Path.Combine(folder, target)), target));
    }

    [Fact]
    public void What_the_standards_table_names_is_announced()
    {
        int checkedWords = 0;
        foreach (string line in File.ReadLines(Repository.Path("README.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal)))
        {
            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (!Announcements.TryGetValue(cells[1], out string[]? sources))
            {
                continue;
            }

            string code = string.Concat(sources.Select(source => File.ReadAllText(Repository.Path(source))));
            foreach (Match word in Keywords().Matches(cells[2]))
            {
                Assert.True(code.Contains(word.Groups[1].Value, StringComparison.OrdinalIgnoreCase), $"{cells[1]}: {word.Groups[1].Value}");
                checkedWords++;
            }
        }

        Assert.True(checkedWords > 20, $"only {checkedWords} words were found");
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    // An RFC's number with the word under which it is announced.
    [GeneratedRegex(@"\d{4} ([A-Z][A-Z0-9+=-]{1,})")]
    private static partial Regex Keywords();
}
