using System.IO.Compression;
using System.Xml.Linq;

namespace PluginMail.EndToEnd;

/// <summary>
/// A plugin that somebody else writes: made from the packed template in a folder outside the repository, with a feed, a template hive and a package
/// folder of its own. Nothing is fetched: packages are the feed's or this machine's.
/// </summary>
internal sealed class ForeignPlugin : IDisposable
{
    private const string Name = "Acme.Stamp";
    private static readonly string[] Packed = ["src/PluginMail.Abstractions", "src/PluginMail.Testing", "plugins/Template"];

    // A version of Serilog that the server does not have renders the field.
    private const string Editor = """
        using System.Reflection;
        using PluginMail.Abstractions;
        using Serilog.Events;
        using Serilog.Parsing;

        namespace Acme.Stamp;

        internal sealed class StampEditor : IMessageEditor
        {
            public ValueTask<Verdict> EditAsync(IMessageView message, CancellationToken cancellationToken)
            {
                string library = typeof(MessageTemplateParser).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()!.Version;
                string text = new MessageTemplateParser().Parse("STAMP by Serilog {Version:l}").Render(
                    new Dictionary<string, LogEventPropertyValue> { ["Version"] = new ScalarValue(library) });
                return new(Verdict.Apply(new HeaderEdit.Add("X-Acme-Stamp", text)));
            }
        }
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("pluginmail-foreign-").FullName;

    /// <summary>The folder that <c>dotnet new</c> made.</summary>
    public string Folder => Path.Combine(_root, Name);

    private string Project => Path.Combine(Folder, Name);

    private string Feed => Path.Combine(_root, "feed");

    private string Hive => Path.Combine(_root, "hive");

    /// <summary>Packs the contract, the test host and the template, and makes a new plugin of them that refers to a package.</summary>
    public async Task MakeAsync()
    {
        await PackAsync();
        string template = Directory.EnumerateFiles(Feed, "PluginMail.Templates.*.nupkg").Single();
        await DotNetAsync(_root, "new", "install", template, "--debug:custom-hive", Hive);
        await DotNetAsync(_root, "new", "pluginmail-plugin", "-n", Name, "--debug:custom-hive", Hive);
        await File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="packages" /></config>
              <packageSources><clear /><add key="feed" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{MachinePackages()}" /></fallbackPackageFolders>
            </configuration>
            """);
        await ReplaceAsync($"{Name}.csproj", "  </ItemGroup>", "    <PackageReference Include=\"Serilog\" Version=\"[2.10.0]\" />\n  </ItemGroup>");
        await ReplaceAsync("StampPlugin.cs", "[new SubjectWords(", "[new StampEditor(), new SubjectWords(");
    }

    /// <summary>Makes another from the same template, and looks whether its projects are where its files say.</summary>
    /// <returns>The paths that lead nowhere.</returns>
    public async Task<IReadOnlyList<string>> MissingOfAsync(string name)
    {
        await DotNetAsync(_root, "new", "pluginmail-plugin", "-n", name, "--debug:custom-hive", Hive);
        string folder = Path.Combine(_root, name);
        return [.. Paths($"{name}.slnx", "Project", "Path").Concat(Paths($"{name}.Tests/{name}.Tests.csproj", "ProjectReference", "Include")).Where(path => !File.Exists(path))];

        IEnumerable<string> Paths(string file, string element, string attribute) => XDocument.Load(Path.Combine(folder, file))
            .Descendants(element).Select(found => Path.GetFullPath(Path.Combine(folder, Path.GetDirectoryName(file)!, found.Attribute(attribute)!.Value)));
    }

    /// <summary>Sets what the plugin writes into messages.</summary>
    public Task WriteStampAsync(string stamp) =>
        File.WriteAllTextAsync(Path.Combine(Project, "StampEditor.cs"), Editor.Replace("STAMP", stamp, StringComparison.Ordinal));

    /// <summary>Builds the plugin and its tests, and runs these.</summary>
    /// <returns>What the tests' runner said.</returns>
    public async Task<string> TestAsync() => (await DotNetAsync(Folder, "test", "-c", "Release")).Output;

    /// <summary>The plugin as its build left it.</summary>
    public string BuiltFolder => Path.Combine(Project, "bin/Release/net10.0");

    /// <summary>Publishes the plugin.</summary>
    /// <returns>A zip archive of it.</returns>
    public async Task<string> PublishAsync()
    {
        string published = Path.Combine(_root, "published");
        await DotNetAsync(Folder, "publish", Name, "-c", "Release", "--no-restore", "-p:RunAnalyzers=false", "-o", published);
        string archive = Path.Combine(_root, "stamp.zip");
        await ZipFile.CreateFromDirectoryAsync(published, archive);
        return archive;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    // In one go: most of the time a command takes to begin with.
    private async Task PackAsync()
    {
        string all = Path.Combine(_root, "pack.proj");
        await File.WriteAllTextAsync(all, $"""
            <Project>
              <Target Name="Pack">
                <MSBuild Projects="{string.Join(';', Packed.Select(project => Path.Combine(Repository.Root, project, $"{Path.GetFileName(project)}.csproj")))}"
                         Targets="Pack" Properties="Configuration={Repository.Built};NoBuild=true;PackageOutputPath={Feed}/" />
              </Target>
            </Project>
            """);
        await DotNetAsync(_root, "msbuild", all, "-t:Pack", "-nologo");
        File.Delete(all);
    }

    // One node, which ends with the command, and no compiler that stays behind.
    private async Task<ProgramResult> DotNetAsync(string folder, params string[] arguments) => (await Programs.RunAsync(
        Programs.DotNet,
        arguments[0] == "new" ? arguments : [.. arguments, "-v:quiet", "-m:1", "-nodeReuse:false", "-p:UseSharedCompilation=false"],
        input: null,
        folder,
        new Dictionary<string, string>
        {
            ["DOTNET_CLI_HOME"] = _root,
            ["TMPDIR"] = _root, // where every command leaves something
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
            ["DOTNET_ADD_GLOBAL_TOOLS_TO_PATH"] = "false",
            ["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "true",
        },
        limit: TimeSpan.FromMinutes(10))).Succeeded();

    private async Task ReplaceAsync(string file, string what, string with)
    {
        string path = Path.Combine(Project, file);
        string text = await File.ReadAllTextAsync(path);
        Assert.Contains(what, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, text.Replace(what, with, StringComparison.Ordinal));
    }

    private static string MachinePackages() => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
}
