using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Configuration.Options;

namespace PluginMail.Configuration.Tests.Options;

public sealed class MailServerOptionsTests
{
    [Fact]
    public void Every_key_reaches_its_option()
    {
        var options = Load("""
            [server]
            hostname = "mail.example.org"
            data = "/var/lib/pluginmail"
            shutdown = "5s"
            [[listeners]]
            protocol = "pop3"
            address = "[::1]:110"
            tls = "none"
            [[listeners]]
            protocol = "smtp"
            address = "*:25"
            tls = "implicit"
            authentication = true
            [limits]
            message_size = "1M"
            recipients = 7
            pop3_idle = 30
            [authentication]
            default_domain = "example.org"
            mechanisms = ["plain"]
            require_tls = false
            iterations = 4096
            [dns]
            servers = ["192.0.2.53", "127.0.0.1:5353", "2001:db8::53", "[2001:db8::53]", "[::1]:5353"]
            timeout = "1s"
            attempts = 3
            time_limit = "5s"
            trust_ad = true
            cache = "1M"
            [relay]
            networks = ["192.0.2.7", "10.0.0.0/8", "2001:db8::/32"]
            [queue]
            retry = ["1m", "1h30m"]
            warn_after = 0
            bounce_after = "1d"
            [mailboxes]
            folders = [{ name = "Work/Done" }]
            quota = "1G"
            over_quota = "defer"
            [spam]
            tag = 0
            junk = 4
            refuse = 10.5
            [plugins]
            order = ["clamav"]
            [plugins.clamav]
            on_fault = "refuse"
            time_limit = "1s"
            concurrency = 4
            fault_limit = 5
            fault_pause = "2m"
            socket = "/run/clamd"
            [log]
            level = "warning"
            file = "log/mail.log"
            trace_days = 3
            [log.levels]
            "PluginMail.Smtp" = "debug"
            """);
        Assert.Equal(("mail.example.org", "/var/lib/pluginmail", TimeSpan.FromSeconds(5)), (options.Server.Hostname, options.Server.Data, options.Server.Shutdown));
        Assert.Equal(
            [(ListenerProtocol.Pop3, "[::1]:110", ListenerTls.None, true), (ListenerProtocol.Smtp, "*:25", ListenerTls.Implicit, true)],
            options.Listeners.Select(static l => (l.Protocol, l.Address.ToString(), l.Tls, l.Authentication)));
        Assert.Equal((1L << 20, 7, TimeSpan.FromSeconds(30)), (options.Limits.MessageSize, options.Limits.Recipients, options.Limits.Pop3Idle));
        Assert.Equal(("example.org", false, 4096), (options.Authentication.DefaultDomain, options.Authentication.RequireTls, options.Authentication.Iterations));
        Assert.Equal(["PLAIN"], options.Authentication.Mechanisms);
        Assert.Equal(["192.0.2.7/32", "10.0.0.0/8", "2001:db8::/32"], options.Relay.Networks.Select(static n => n.ToString()));
        Assert.Equal(
            ["192.0.2.53:53", "127.0.0.1:5353", "[2001:db8::53]:53", "[2001:db8::53]:53", "[::1]:5353"], options.Dns.Servers.Select(static s => s.ToString()));
        Assert.Equal((TimeSpan.FromSeconds(1), 3, TimeSpan.FromSeconds(5)), (options.Dns.Timeout, options.Dns.Attempts, options.Dns.TimeLimit));
        Assert.Equal((true, 1L << 20), (options.Dns.TrustAd, options.Dns.Cache));
        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(90)], options.Queue.Retry);
        Assert.Equal(TimeSpan.FromDays(1), options.Queue.BounceAfter);
        Assert.Equal(new FolderOptions("Work/Done", FolderUse.None, Subscribed: true), Assert.Single(options.Mailboxes.Folders));
        Assert.Equal((1L << 30, OverQuota.Defer), (options.Mailboxes.Quota, options.Mailboxes.OverQuota));
        Assert.Equal((double.PositiveInfinity, 4.0, 10.5), (options.Spam.Tag, options.Spam.Junk, options.Spam.Refuse));
        Assert.Equal((LogLevel.Warning, LogLevel.Debug, "/etc/pluginmail/log/mail.log", 3), (options.Log.Level, options.Log.Levels["PluginMail.Smtp"], options.Log.File, options.Log.TraceDays));
        var plugin = Assert.Single(options.Plugins.Order);
        Assert.Equal((5, TimeSpan.FromMinutes(2)), (plugin.FaultLimit, plugin.FaultPause));
        Assert.Equal(("clamav", FaultPolicy.Refuse, TimeSpan.FromSeconds(1), 4), (plugin.Name, plugin.OnFault, plugin.TimeLimit, plugin.Concurrency));
    }

    [Fact]
    public void Plugin_reads_its_own_table_with_a_report_of_its_own()
    {
        var plugin = Assert.Single(Load("[plugins]\norder = ['p']\n[plugins.p]\non_fault = 'pass'\nhost = 5\nprot = 1\n").Plugins.Order);
        var settings = plugin.OpenSettings();
        Assert.Equal("d", settings.GetString("host", "d"));
        settings.GetInteger("port", 1);
        settings.ReportUnknownKeys();
        Assert.Equal(
            ["/etc/pluginmail/mail.toml:5:8: \"host\" in [plugins.p] is 5 (an integer); expected a string",
             "/etc/pluginmail/mail.toml:6:1: unknown key \"prot\" in [plugins.p]; did you mean \"port\"?"],
            settings.Findings.Select(static f => f.Headline));
        Assert.Empty(plugin.OpenSettings().Findings);
    }

    [Fact]
    public void Fingerprint_of_a_plugin_changes_with_what_its_table_says_and_with_nothing_else()
    {
        const string table = "[plugins]\norder = ['p']\n[plugins.p]\n";
        string one = Fingerprint(table + "host = 'a'\nlist = [1, 2]\n");
        Assert.Equal(one, Fingerprint("# new\n" + table + "list = [ 1,\n 2, ] # same\nhost = \"a\"\n"));
        Assert.NotEqual(one, Fingerprint(table + "host = 'a'\nlist = [1, 3]\n"));
        Assert.NotEqual(one, Fingerprint(table + "host = 'a'\n"));

        static string Fingerprint(string text) => Assert.Single(Load(text).Plugins.Order).Fingerprint;
    }

    [Fact]
    public void Plugin_without_a_table_reads_an_empty_one()
    {
        var settings = Assert.Single(Load("[plugins]\norder = ['p']\n").Plugins.Order).OpenSettings();
        Assert.Equal(5, settings.GetInteger("k", 5));
        settings.ReportUnknownKeys();
        Assert.Empty(settings.Findings);
    }

    [Fact]
    public void Passwords_without_tls_on_a_public_address_are_a_warning()
    {
        var result = Parse("[authentication]\nrequire_tls = false\n[[listeners]]\nprotocol = 'imap'\naddress = '*:143'\n");
        Assert.True(result.IsUsable);
        Assert.StartsWith("/etc/pluginmail/mail.toml:2:1: warning: passwords can be sent to *:143", Assert.Single(result.Warnings).Headline, StringComparison.Ordinal);
    }

    [Fact]
    public void Certificate_and_key_that_are_there_are_taken_relative_to_the_file()
    {
        string folder = Directory.CreateTempSubdirectory("pluginmail-configuration-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "mail.pem"), "");
            string file = Path.Combine(folder, "mail.toml");
            File.WriteAllText(file, "[tls]\ncertificate = 'mail.pem'\nkey = './mail.pem'\n");
            var result = ConfigurationFile.Load(file);
            Assert.Equal((Path.Combine(folder, "mail.pem"), Path.Combine(folder, "mail.pem")), (result.Options?.Tls.Certificate, result.Options?.Tls.Key));
            Assert.Equal(Path.Combine(folder, "data"), result.Options?.Server.Data);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void File_that_is_not_there_is_an_error_with_its_name()
    {
        var error = Assert.Single(ConfigurationFile.Load("/nowhere/mail.toml").Errors);
        Assert.StartsWith("/nowhere/mail.toml: cannot be read", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_in_place_of_a_file_is_an_error() => Assert.False(ConfigurationFile.Load(Path.GetTempPath()).IsUsable);

    private static MailServerOptions Load(string text)
    {
        var result = Parse(text);
        Assert.Empty(result.Findings);
        return result.Options!;
    }

    private static ConfigurationResult Parse(string text) => ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), "/etc/pluginmail/mail.toml");
}
