using Microsoft.Data.Sqlite;
using PluginMail.Collector.Ledgers;

namespace PluginMail.Connectors.Tests.Collector;

/// <summary>What is left to do is found without a look at all that is done.</summary>
public sealed class LedgerTests
{
    private static readonly DateTimeOffset Early = DateTimeOffset.FromUnixTimeSeconds(1000);
    private static readonly DateTimeOffset Late = DateTimeOffset.FromUnixTimeSeconds(2000);

    [Fact]
    public void What_is_open_is_what_waits_and_what_was_taken_long_ago()
    {
        string folder = Directory.CreateTempSubdirectory("ledger-").FullName;
        try
        {
            string file = Path.Combine(folder, "ledger.sqlite");
            using var ledger = Ledger.Open(file);
            ledger.Save("a", "INBOX", "7", [Row("old", MessageState.Old), Row("taken", MessageState.Taken), Row("waits", MessageState.Waiting)]);
            ledger.Save("a", "INBOX", "7", [Row("large", MessageState.TooLarge), Row("back", MessageState.Returned), Row("new", MessageState.Taken) with { Seen = Late }]);
            ledger.Save("a", "INBOX", "8", [Row("other", MessageState.Waiting)]);
            Assert.Equal(["large", "taken", "waits"], ledger.LoadOpen("a", "INBOX", "7", Early).Select(row => row.Id).Order(StringComparer.Ordinal));
            Assert.Equal(["large", "new", "taken", "waits"], ledger.LoadOpen("a", "INBOX", "7", Late).Select(row => row.Id).Order(StringComparer.Ordinal));
            Assert.All(Plan(file), step => Assert.Contains("INDEX", step, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static LedgerRow Row(string id, MessageState state) => new(id, 10, state, Early, 0, Early, null);

    // How SQLite goes about it, table by table.
    private static List<string> Plan(string file)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + Ledger.SelectOpen;
        foreach (string name in new[] { "$1", "$2", "$3", "$4" })
        {
            command.Parameters.AddWithValue(name, "1");
        }

        using var reader = command.ExecuteReader();
        List<string> steps = [];
        while (reader.Read())
        {
            steps.Add(reader.GetString(3));
        }

        steps.RemoveAll(step => !step.Contains("messages", StringComparison.Ordinal));
        Assert.Equal(2, steps.Count);
        return steps;
    }
}
