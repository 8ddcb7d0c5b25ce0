namespace PluginMail.Storage.Sqlite;

/// <summary>SQLite refused a call.</summary>
/// <param name="code">Its extended result code.</param>
/// <param name="message">Its message.</param>
internal sealed class SqliteFault(int code, string message) : IOException($"SQLite {code}: {message}")
{
    private const int IoError = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Corrupt = 11;

    public int Code => code;

    /// <summary>Whether the disk is at fault, not the statement.</summary>
    public bool IsOfDisk => (code & 0xFF) is IoError or Full or CannotOpen or Corrupt;

    public StoreUnavailableException Translate() => new("The database cannot be used: " + Message, (code & 0xFF) == Full, this);
}
