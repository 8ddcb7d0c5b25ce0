namespace PluginMail.Configuration.Tests;

/// <summary>
/// Each bad/NAME.toml is refused with exactly what bad/NAME.expected says. Set UPDATE_EXPECTED=1 to write the expectations anew, and read the
/// difference before committing it.
/// </summary>
public sealed class BadConfigurationTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "PluginMail.Configuration.Tests", "bad");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.toml").Select(static f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bad_configuration_is_refused_in_so_many_words(string name)
    {
        string file = Path.Combine(Folder, name + ".toml");
        var result = ConfigurationFile.Parse(File.ReadAllBytes(file), name + ".toml");
        string findings = string.Concat(result.Findings.Select(static f => f + "\n"));
        string expected = Path.ChangeExtension(file, ".expected");
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "1")
        {
            File.WriteAllText(expected, findings);
        }

        Assert.False(result.IsUsable);
        Assert.Equal(File.ReadAllText(expected), findings);
    }
}
