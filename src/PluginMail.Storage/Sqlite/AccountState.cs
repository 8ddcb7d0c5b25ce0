namespace PluginMail.Storage.Sqlite;

/// <summary>What the writer keeps of an account's row between batches.</summary>
internal sealed class AccountState
{
    public required AccountId Id { get; init; }

    public long QuotaOctets { get; set; }

    public long Octets { get; set; }

    public long Messages { get; set; }

    /// <summary>Whether the batch changed it.</summary>
    public bool IsTouched { get; set; }

    /// <summary>Whether so much more would be too much.</summary>
    public bool WouldExceed(long octets) => QuotaOctets > 0 && Octets + octets > QuotaOctets;
}
