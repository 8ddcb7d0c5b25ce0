using System.Text;
using PluginMail.Configuration;
using PluginMail.Configuration.Options;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Installing;

/// <summary>What stands in PluginMail.Configuration and in PluginMail.Plugins, neither of which refers to the other, is the same.</summary>
public sealed class SettingsTwinTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("twins-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_fault_means_in_mail_toml_what_it_means_to_the_host() => Assert.Equal(
        Enum.GetValues<FaultPolicy>().Select(policy => (policy.ToString(), (int)policy)),
        Enum.GetValues<OnFault>().Select(fault => (fault.ToString(), (int)fault)));

    [Theory]
    [InlineData("My-plugin_2", true)]
    [InlineData("x", true)]
    [InlineData("orders", true)]
    [InlineData("order", false)]
    [InlineData("stage_time", false)]
    [InlineData("", false)]
    [InlineData("a.b", false)]
    [InlineData("a b", false)]
    [InlineData("caf\u00e9", false)]
    [InlineData("a234567890b234567890c234567890d234567890e234567890f2345678901234", true)]
    [InlineData("a234567890b234567890c234567890d234567890e234567890f23456789012345", false)]
    public void A_name_can_be_installed_where_mail_toml_can_name_it(string name, bool isPossible)
    {
        var installation = new PluginInstallation(
            new PluginHostOptions(Path.Combine(_root, "plugins"), Path.Combine(_root, "none"), Path.Combine(_root, "shadow")));
        var (plugin, _) = installation.Stage(Path.Combine(PluginBench.Built, "Probe"), name);
        var table = ConfigurationFile.Parse(Encoding.UTF8.GetBytes($"[plugins]\norder = [\"{name}\"]\n"), "mail.toml");
        Assert.Equal((isPossible, isPossible), (plugin is not null, table.IsUsable));
    }
}
