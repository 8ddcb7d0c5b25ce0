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
            Assert.Fail($"The contract has changed. If that is meant, copy {found} over {path}. A member that is new since the last release raises the contract's minor version; one that is gone or different breaks plugins and raises the major one.");
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
        Assembly contract = typeof(IMailPlugin).Assembly;
        string version = contract.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var text = new StringBuilder().Append(contract.GetName().Name).Append(' ').Append(version).Append('\n');
        foreach (Type type in contract.GetExportedTypes().Where(type => !IsMadeByTheCompiler(type)).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.FullName).Append(Ancestry(type)).Append('\n');
            IEnumerable<string> members = type.GetMembers(Declared).Where(IsVisible).Select(member => Modifiers(member) + Name(member)).Distinct().Order(StringComparer.Ordinal);
            foreach (string member in members)
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    /// <summary>The base type and all interfaces: a type that is one less of them breaks who takes it for that.</summary>
    private static string Ancestry(Type type)
    {
        string?[] of =
        [
            type.BaseType is { } based && based != typeof(object) && based != typeof(ValueType) && based != typeof(Enum) ? based.ToString() : null,
            type.IsEnum ? Enum.GetUnderlyingType(type).ToString() : null,
            .. type.GetInterfaces().Where(_ => !type.IsEnum).Select(implemented => implemented.ToString()).Order(StringComparer.Ordinal),
        ];
        string ancestors = string.Join(", ", of.OfType<string>());
        return ancestors.Length == 0 ? "" : " : " + ancestors;
    }

    /// <summary>What decides who may call, override or must implement a member: an interface's own body is <c>default</c>, one that plugins write <c>abstract</c>.</summary>
    private static string Modifiers(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } => "",
        FieldInfo field => (field.IsPublic ? "" : "protected ") + (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : ""),
        MethodBase method => (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "") + (method switch
        {
            { IsAbstract: true } => "abstract ",
            { DeclaringType.IsInterface: true, IsStatic: false } => "default ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        }),
        _ => "",
    };

    // Extension blocks: what they offer stands with the class that they are in.
    private static bool IsMadeByTheCompiler(Type type) => type.FullName!.Contains('<', StringComparison.Ordinal);

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        _ => false,
    };

    private static string Name(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } constant => $"{constant} = {Invariant(constant.GetRawConstantValue())}",
        MethodBase method => method + Init(method) + Defaults(method),
        _ => member.ToString()!,
    };

    private static string Init(MethodBase method) =>
        method is MethodInfo { ReturnParameter: { } returned } && returned.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit") ? " init" : "";

    /// <summary>Who calls has the values compiled in.</summary>
    private static string Defaults(MethodBase method)
    {
        string defaults = string.Join(
            ", ", method.GetParameters().Where(parameter => parameter.HasDefaultValue).Select(parameter => $"{parameter.Name} = {Invariant(parameter.RawDefaultValue)}"));
        return defaults.Length == 0 ? "" : $" with {defaults}";
    }

    private static string Invariant(object? value) =>
        value is string text ? $"\"{text}\"" : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) is { Length: > 0 } shown ? shown : "default";
}
