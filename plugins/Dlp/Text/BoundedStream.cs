namespace PluginMail.Dlp.Text;

/// <summary>A stream out of an archive: it ends where the budget does, or where it has grown beyond belief.</summary>
/// <param name="inner">The stream.</param>
/// <param name="budget">The budget.</param>
/// <param name="compressed">Octets that it is made of.</param>
internal sealed class BoundedStream(Stream inner, TextBudget budget, long compressed) : ReadOnlyStream
{
    // Deflate reaches 1,032; documents of words reach 20.
    private const int MostGrowth = 250;
    private const int AlwaysAllowed = 1 << 20;

    private long _read;

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer[..Math.Min(buffer.Length, 16 * 1024)]);
        _read += count;
        if (_read > AlwaysAllowed && _read / MostGrowth > compressed)
        {
            budget.Report("an archive that grows beyond belief");
            return 0;
        }

        return budget.TakeInflated(count) ? count : 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
