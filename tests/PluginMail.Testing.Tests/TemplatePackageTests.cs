using System.Xml.Linq;

namespace PluginMail.Testing.Tests;

/// <summary>The versions that the template gives to new plugins are those of this repository.</summary>
public sealed class TemplatePackageTests
{
    private static readonly string Root = FindRoot();

    [Theory]
    [InlineData("PluginMail.Abstractions", "plugins/Template/Template.csproj", "src/PluginMail.Abstractions/PluginMail.Abstractions.csproj")]
    [InlineData("PluginMail.Testing", "plugins/Template/package/Tests.project", "Directory.Build.props")]
    public void A_package_of_this_repository_has_its_present_version(string package, string template, string declared)
    {
        XElement version = Assert.Single(Load(declared).Descendants("Version"));
        Assert.Equal(version.Value, Referred(template)[package]);
    }

    [Fact]
    public void Packages_for_tests_have_the_versions_that_this_repository_uses()
    {
        Dictionary<string, string> ours = Load("Directory.Packages.props").Descendants("PackageVersion").ToDictionary(Name, Version);
        foreach ((string package, string version) in Referred("plugins/Template/package/Tests.project").Where(reference => reference.Key != "PluginMail.Testing"))
        {
            Assert.Equal(ours[package], version);
        }
    }

    private static Dictionary<string, string> Referred(string project) => Load(project).Descendants("PackageReference").ToDictionary(Name, Version);

    private static string Name(XElement reference) => reference.Attribute("Include")!.Value;

    private static string Version(XElement reference) => reference.Attribute("Version")!.Value;

    private static XDocument Load(string path) => XDocument.Load(Path.Combine(Root, path));

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PluginMail.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("not inside the repository");
    }
}
