using System.Reflection;
using System.Text;
using PluginMail.Testing;

namespace PluginMail.Abstractions.Tests;

/// <summary>Plugins are compiled against this assembly: what it offers changes only on purpose.</summary>
public sealed class PublicSurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void The_contract_is_the_committed_one()
    {
        string path = Repository.Path("tests", "PluginMail.Abstractions.Tests", "PublicSurface.txt");
        string actual = Describe();
        if (!File.Exists(path) || File.ReadAllText(path).ReplaceLineEndings("\n") != actual)
        {
            string found = Path.Combine(AppContext.BaseDirectory, "PublicSurface.txt");
            File.WriteAllText(found, actual);
            Assert.Fail($"The contract has changed. If that is meant, copy {found} over {path}. Removing or changing a member breaks plugins.");
        }
    }

    [Fact]
    public void The_contract_refers_to_the_framework_alone() =>
        Assert.All(
            typeof(IMailPlugin).Assembly.GetReferencedAssemblies(),
            name => Assert.True(
                name.Name!.StartsWith("System.", StringComparison.Ordinal) || name.Name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal), name.Name));

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (Type type in typeof(IMailPlugin).Assembly.GetExportedTypes().Where(type => !IsMadeByTheCompiler(type)).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            string kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsAbstract ? "abstract class" : "class";
            text.Append(kind).Append(' ').Append(type.FullName).Append('\n');
            IEnumerable<string> members = type.GetMembers(Declared).Where(IsVisible).Select(member => Name(member)).Distinct().Order(StringComparer.Ordinal);
            foreach (string member in members)
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    // Extension blocks: what they offer stands with the class that they are in.
    private static bool IsMadeByTheCompiler(Type type) => type.FullName!.Contains('<', StringComparison.Ordinal);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        _ => false,
    };

    private static string Name(MemberInfo member) => member is FieldInfo { IsLiteral: true } constant
        ? $"{constant} = {Convert.ToString(constant.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}"
        : member.ToString()!;
}
