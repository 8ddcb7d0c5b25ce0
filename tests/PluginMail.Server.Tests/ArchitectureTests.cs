using System.Xml.Linq;
using PluginMail.Testing;

namespace PluginMail.Server.Tests;

/// <summary>The shape of the source: who refers to whom, how long files are, and that each project explains itself.</summary>
public sealed class ArchitectureTests
{
    private const int LongestFile = 400;
    private static readonly string[] Protocols = ["Smtp", "Imap", "Pop3", "ManageSieve", "SmtpClient"];
    private static readonly string[] Leaves = ["Abstractions", "Mime"];
    private static readonly Dictionary<string, string[]> References = ReadReferences();

    [Fact]
    public void There_are_projects_to_look_at() => Assert.True(References.Count >= 14);

    [Fact]
    public void References_have_no_cycle()
    {
        foreach (string project in References.Keys)
        {
            Assert.DoesNotContain(project, Reachable(project));
        }
    }

    [Fact]
    public void Leaves_refer_to_no_project() => Assert.All(Leaves, leaf => Assert.Empty(References[leaf]));

    [Fact]
    public void A_protocol_refers_to_no_other_protocol() =>
        Assert.All(Protocols.Where(References.ContainsKey), protocol => Assert.Empty(Reachable(protocol).Intersect(Protocols)));

    [Fact]
    public void Only_Server_sees_all()
    {
        Assert.Empty(References.Keys.Except(Reachable("Server")).Except(["Server", "Testing"])); // Testing is for those who write plugins
        Assert.All(References.Where(project => project.Key != "Server"), project => Assert.DoesNotContain("Server", project.Value));
        Assert.All(
            References.Where(project => project.Key is not ("Server" or "Plugins")), project => Assert.DoesNotContain("Plugins", project.Value));
        Assert.All(References.Where(project => project.Key != "Server"), project => Assert.True(project.Value.Length <= 6, project.Key));
    }

    [Fact]
    public void Plugins_see_the_contract_alone() => Assert.All(
        Directory.EnumerateFiles(Repository.Path("plugins"), "*.csproj", SearchOption.AllDirectories),
        project => Assert.All(ReferencesOf(project), reference => Assert.Equal("Abstractions", reference)));

    [Fact]
    public void No_source_file_is_longer_than_400_lines() => Assert.Empty(
        new[] { "src", "plugins" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !IsBuilt(path) && File.ReadLines(path).Count() > LongestFile)
            .Select(path => $"{Path.GetRelativePath(Repository.Root, path)}: {File.ReadLines(path).Count()} lines"));

    [Fact]
    public void Every_project_has_a_README() => Assert.Empty(
        Directory.EnumerateDirectories(Repository.Path("src"))
            .Concat(Directory.EnumerateFiles(Repository.Path("plugins"), "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetDirectoryName(path)!))
            .Where(folder => !File.Exists(Path.Combine(folder, "README.md")))
            .Select(folder => Path.GetRelativePath(Repository.Root, folder)));

    private static bool IsBuilt(string path) =>
        path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        || path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private static HashSet<string> Reachable(string project)
    {
        HashSet<string> reached = [];
        var open = new Queue<string>(References[project]);
        while (open.TryDequeue(out string? next))
        {
            if (reached.Add(next))
            {
                Array.ForEach(References[next], open.Enqueue);
            }
        }

        return reached;
    }

    private static Dictionary<string, string[]> ReadReferences() => Directory
        .EnumerateFiles(Repository.Path("src"), "PluginMail.*.csproj", SearchOption.AllDirectories)
        .ToDictionary(Short, ReferencesOf);

    // The bundled plugins are built with the server and not referred to by it: they are in its targets file, not in its project.
    private static string[] ReferencesOf(string project) =>
        [.. XDocument.Load(project).Descendants("ProjectReference").Select(reference => Short(reference.Attribute("Include")!.Value))];

    private static string Short(string path) =>
        Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))["PluginMail.".Length..];
}
