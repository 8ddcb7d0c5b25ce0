using System.Text.RegularExpressions;

namespace PluginMail.Plugins.Tests.Manual;

/// <summary>The manual's samples are the code that is compiled here and in plugins/Template.</summary>
public sealed partial class ManualTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void Every_sample_of_the_manual_is_compiled_code()
    {
        var compiled = Sources().SelectMany(file => Regions().Matches(File.ReadAllText(file)))
            .ToDictionary(match => match.Groups["name"].Value, match => Normalise(match.Groups["code"].Value));
        var shown = Samples().Matches(File.ReadAllText(Path.Combine(Root, "plugins", "README.md")));
        Assert.True(shown.Count >= 8, "the manual has samples");
        foreach (Match sample in shown)
        {
            string name = sample.Groups["name"].Value;
            Assert.True(compiled.TryGetValue(name, out string? code), $"no source has the sample {name}");
            Assert.Equal(code, Normalise(sample.Groups["code"].Value));
        }
    }

    [Fact]
    public void The_manual_has_no_sample_that_nobody_compiles()
    {
        string manual = File.ReadAllText(Path.Combine(Root, "plugins", "README.md"));
        Assert.Equal(Samples().Count(manual), manual.Split("```csharp").Length - 1);
    }

    [Fact]
    public void The_manual_names_every_role()
    {
        string manual = File.ReadAllText(Path.Combine(Root, "plugins", "README.md"));
        var roles = typeof(Abstractions.IMailRole).Assembly.GetExportedTypes()
            .Where(type => type.IsInterface && type != typeof(Abstractions.IMailRole) && type.IsAssignableTo(typeof(Abstractions.IMailRole)));
        Assert.All(roles, role => Assert.Contains($"| `{role.Name}` |", manual, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Root, "plugins", "Template"), "*.cs")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "tests", "PluginMail.Plugins.Tests", "Manual"), "*Sample.cs"));

    /// <summary>Without indentation, which differs where a sample is a member.</summary>
    private static string Normalise(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PluginMail.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("not inside the repository");
    }

    [GeneratedRegex(@"// sample: (?<name>\w+)\r?\n(?<code>.*?)// end sample", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Regions();

    [GeneratedRegex(@"```csharp\r?\n// sample: (?<name>\w+)\r?\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Samples();
}
