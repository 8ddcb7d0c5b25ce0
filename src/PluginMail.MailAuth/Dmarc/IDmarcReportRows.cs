namespace PluginMail.MailAuth;

/// <summary>Where the rows of DMARC reports wait until a report is composed.</summary>
public interface IDmarcReportRows
{
    /// <summary>Keeps a row. May lose it in a crash: reports are statistics.</summary>
    /// <param name="row">The row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when it is taken over.</returns>
    ValueTask AppendAsync(DmarcReportRow row, CancellationToken cancellationToken);

    /// <summary>The rows of a time, in any order.</summary>
    /// <param name="from">The first moment.</param>
    /// <param name="until">The moment after the last.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rows.</returns>
    IAsyncEnumerable<DmarcReportRow> ReadAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}
