using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PluginMail.Abstractions;
using PluginMail.Plugins.Roles;
using PluginMail.Testing.Plugins;

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
        var roles = typeof(IMailRole).Assembly.GetExportedTypes()
            .Where(type => type.IsInterface && type != typeof(IMailRole) && type.IsAssignableTo(typeof(IMailRole)));
        Assert.All(roles, role => Assert.Contains($"| `{role.Name}` |", manual, StringComparison.Ordinal));
    }

    [Fact]
    public void The_server_takes_every_role_of_the_manual()
    {
        var check = new RecipientCount(1);
        using var http = new HttpClient();
        IMailRole[] roles =
        [
            new OldAccounts(http, new Uri("http://127.0.0.1:9/")), new Departments(ImmutableDictionary<string, ImmutableArray<EmailAddress>>.Empty),
            new JunkLearner((_, _, _) => default), new OwnOrganization(), new LengthWords(), new Harvesters(1), check, new RecipientNote(check),
        ];
        var table = RoleTable.Create(roles, DictionarySettings.For("manual"), TimeProvider.System, () => new Workers("manual", 1, _ => { }));
        Assert.Single(table.FilterTests);
        Assert.Single(table.FilterActions);
    }

    [Fact]
    public async Task The_words_of_the_manual_find_their_arguments()
    {
        var words = new LengthWords();
        FilterArguments Arguments(long over) => new(
            ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add(words.Actions[0].Parameters[0].Name, ["long"]),
            ImmutableDictionary<string, long>.Empty.Add(words.Tests[0].Parameters[0].Name, over), []);
        var message = FakeMessage.FromText("Subject: x\r\n\r\n1\r\n2\r\n");
        Assert.True(await words.Tests[0].Evaluate(message, Arguments(3), CancellationToken.None));
        Assert.False(await words.Tests[0].Evaluate(message, Arguments(4), CancellationToken.None));
        var verdict = await words.Actions[0].Run(message, Arguments(0), CancellationToken.None);
        Assert.Equal(new HeaderEdit.Add("X-Length", "long"), Assert.Single(verdict.Effects));
    }

    [Theory]
    [InlineData("over")]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("<>")]
    public void A_parameter_is_a_tag_or_stands_in_brackets(string name) =>
        Assert.Throws<ArgumentException>(() => new FilterParameter(name, FilterArgumentType.Text, IsRequired: false, ""));

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
