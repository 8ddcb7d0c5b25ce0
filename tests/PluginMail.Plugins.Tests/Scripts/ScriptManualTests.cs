using System.Text.RegularExpressions;

namespace PluginMail.Plugins.Tests.Scripts;

/// <summary>What scripts/README.md shows is code, and it names what there is.</summary>
public sealed partial class ScriptManualTests
{
    private static readonly string Folder = Path.GetDirectoryName(ScriptBench.Shipped("x"))!;
    private static readonly string Manual = File.ReadAllText(Path.Combine(Folder, "README.md"));

    [Fact]
    public async Task Every_sample_starts_and_compiles_without_a_warning()
    {
        string[] samples = [.. Samples().Matches(Manual).Select(match => match.Groups["code"].Value)];
        Assert.True(samples.Length >= 2, "the manual has samples");
        await using var bench = new ScriptBench();
        foreach (string sample in samples)
        {
            Assert.Empty(ScriptChecker.Check(bench.Write("tag.csx", sample), CancellationToken.None));
            Assert.Empty(await bench.RunAsync(sample));
        }
    }

    [Fact]
    public void The_first_sample_is_a_script_that_ships() =>
        Assert.EndsWith(Samples().Match(Manual).Groups["code"].Value, File.ReadAllText(ScriptBench.Shipped("tag-subject")), StringComparison.Ordinal);

    [Fact]
    public void It_names_every_script_and_every_member_that_scripts_have()
    {
        Assert.All(Directory.GetFiles(Folder, "*.csx"), script => Assert.Contains($"| [{Path.GetFileName(script)}]", Manual, StringComparison.Ordinal));
        string[] members = [.. typeof(Abstractions.MailScript).GetMembers().Where(member => member.DeclaringType == typeof(Abstractions.MailScript)).Select(member => member.Name)];
        Assert.All(
            members.Where(name => !name.StartsWith("get_", StringComparison.Ordinal) && name is not (".ctor" or "Address")),
            name => Assert.Matches($@"`{name}\b", Manual));
    }

    [GeneratedRegex(@"```csharp\r?\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Samples();
}
