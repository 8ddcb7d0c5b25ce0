using System.Text;

namespace PluginMail.EndToEnd;

/// <summary>What stands in a test server's mail.toml. Every listener takes a free port; the start screen says which.</summary>
internal sealed record ServerSettings
{
    private const string Listeners = """
        [[listeners]]
        protocol = "smtp"
        address = "127.0.0.1:0"
        tls = "starttls"

        [[listeners]]
        protocol = "submission"
        address = "127.0.0.1:0"
        tls = "starttls"

        [[listeners]]
        protocol = "submission"
        address = "127.0.0.1:0"
        tls = "implicit"

        [[listeners]]
        protocol = "imap"
        address = "127.0.0.1:0"
        tls = "starttls"

        [[listeners]]
        protocol = "imap"
        address = "127.0.0.1:0"
        tls = "implicit"

        [[listeners]]
        protocol = "lmtp"
        address = "127.0.0.1:0"

        [[listeners]]
        protocol = "pop3"
        address = "127.0.0.1:0"
        tls = "starttls"

        [[listeners]]
        protocol = "pop3"
        address = "127.0.0.1:0"
        tls = "implicit"

        [[listeners]]
        protocol = "http"
        address = "127.0.0.1:0"
        """;

    private string Routes { get; init; } = "\n";

    private Dictionary<string, string> Tables { get; init; } = new()
    {
        ["server"] = "hostname = \"mail.example.test\"",
        ["dns"] = "servers = [\"127.0.0.1:9\"]", // nobody answers: tests ask nobody elsewhere
        ["authentication"] = "iterations = 4096\nfailure_delay = \"10ms\"",
    };

    /// <summary>These settings with other keys in one table.</summary>
    public ServerSettings With(string table, string keys) => new()
    {
        Tables = new Dictionary<string, string>(Tables) { [table] = keys },
        Routes = Routes,
    };

    /// <summary>These settings with further tables, as mail.toml has them.</summary>
    public ServerSettings WithTables(string text) => new() { Tables = Tables, Routes = $"{Routes}\n{text}\n" };

    /// <summary>These settings with a way of its own for a domain.</summary>
    public ServerSettings WithRoute(string domain, int port) => new()
    {
        Tables = Tables,
        Routes = $"{Routes}\n[[routes]]\ndomain = \"{domain}\"\nhost = \"127.0.0.1:{port}\"\nverify = false\n",
    };

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach ((string table, string keys) in Tables)
        {
            text.Append('[').Append(table).Append("]\n").Append(keys).Append("\n\n");
        }

        return text.Append(Listeners).Append(Routes).Append('\n').ToString();
    }
}
