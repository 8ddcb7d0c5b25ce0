namespace PluginMail.Storage.Tests;

// The engine-independent tests, on SQLite.
public sealed class SqliteCommitTests : CommitTests<SqliteEngine>;

public sealed class SqliteHoldTests : HoldTests<SqliteEngine>;

public sealed class SqliteFolderTests : FolderTests<SqliteEngine>;

public sealed class SqliteFolderLimitTests : FolderLimitTests<SqliteEngine>;

public sealed class SqliteMessageTests : MessageTests<SqliteEngine>;

public sealed class SqliteMailboxJobTests : MailboxJobTests<SqliteEngine>;

public sealed class SqliteDirectoryTests : DirectoryTests<SqliteEngine>;

public sealed class SqliteScriptTests : ScriptTests<SqliteEngine>;

public sealed class SqliteAnnotationTests : AnnotationTests<SqliteEngine>;

public sealed class SqliteAnnotationBoundsTests : AnnotationBoundsTests<SqliteEngine>;

public sealed class SqliteQueueTests : QueueTests<SqliteEngine>;

public sealed class SqliteStateTests : StateTests<SqliteEngine>;

public sealed class SqliteMaintenanceTests : MaintenanceTests<SqliteEngine>;

public sealed class SqliteConcurrencyTests : ConcurrencyTests<SqliteEngine>;
