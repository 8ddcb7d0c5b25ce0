namespace PluginMail.Storage.Sqlite;

/// <summary>Numbers that are never given twice: reserved on disk in blocks before any of them is given, so that a crash only skips some.</summary>
/// <param name="name">Its row in counters.</param>
/// <param name="block">How many are reserved at a time.</param>
internal sealed class Sequence(string name, long block)
{
    private long _last;
    private long _limit;

    /// <summary>Whether more must be reserved before the next batch.</summary>
    public bool IsLow => _limit - _last < block / 2;

    /// <summary>The last number that the disk says may have been given.</summary>
    public long Last => _last;

    public long Next() =>
        _last < _limit ? ++_last : throw new StoreUnavailableException($"The numbers reserved for {name} are used up", isDiskFull: false);

    public void Load(Database database) =>
        _last = _limit = database.Prepare("SELECT value FROM counters WHERE name = ?").With(name).Scalar() ?? 0;

    /// <summary>Reserves a block; counts once the caller committed it with full sync and calls what is returned.</summary>
    public Action Reserve(Database database)
    {
        long limit = _last + block;
        database.Prepare("UPDATE counters SET value = ?2 WHERE name = ?1").With(name).With(limit).Run();
        return () => _limit = limit;
    }
}
