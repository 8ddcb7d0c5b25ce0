using SQLitePCL;

namespace PluginMail.Storage.Sqlite;

/// <summary>A prepared statement in use: parameters bound one after another, then stepped. Disposing ends the use and keeps it prepared.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    private const int Row = 100;
    private const int Done = 101;

    private int _bound;

    public Statement With(long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, ++_bound, value));
        return this;
    }

    public Statement With(long? value) => value is { } number ? With(number) : WithNull();

    public Statement With(bool value) => With(value ? 1 : 0);

    public Statement With(string? value)
    {
        if (value is null)
        {
            return WithNull();
        }

        database.Check(raw.sqlite3_bind_text(handle, ++_bound, value));
        return this;
    }

    /// <summary>Binds octets; none is NULL.</summary>
    public Statement With(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return WithNull();
        }

        database.Check(raw.sqlite3_bind_blob(handle, ++_bound, value));
        return this;
    }

    public Statement WithNull()
    {
        database.Check(raw.sqlite3_bind_null(handle, ++_bound));
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    public bool Step()
    {
        int result = raw.sqlite3_step(handle);
        return result switch
        {
            Row => true,
            Done => false,
            _ => throw database.Fault(result),
        };
    }

    /// <summary>Executes to the end.</summary>
    public void Run()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>The first column of the first row; null where there is none.</summary>
    public long? Scalar()
    {
        try
        {
            return Step() && !IsNull(0) ? Long(0) : null;
        }
        finally
        {
            Dispose();
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int(int column) => raw.sqlite3_column_int(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Octets; none where the column is NULL.</summary>
    public byte[] Blob(int column)
    {
        ReadOnlySpan<byte> octets = raw.sqlite3_column_blob(handle, column);
        return octets.IsEmpty ? [] : octets.ToArray();
    }

    public void Dispose()
    {
        _ = raw.sqlite3_reset(handle); // gives the fault of the last step again
        _bound = 0;
    }

    public void Close() => handle.Dispose();
}
