namespace PluginMail.Storage.Tests;

// The engine-independent tests, on SQLite.
public sealed class SqliteCommitTests : CommitTests<SqliteEngine>;

public sealed class SqliteHoldTests : HoldTests<SqliteEngine>;
