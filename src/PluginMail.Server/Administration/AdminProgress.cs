namespace PluginMail.Server;

/// <summary>How far an operation is.</summary>
/// <param name="Done">Of what it goes through, what is done and on disk.</param>
/// <param name="Total">All of it.</param>
internal sealed record AdminProgress(long Done, long Total)
{
    /// <summary>What the operation wrote meanwhile, for the one who asked to read; null for one that only counts.</summary>
    public string? Output { get; init; }
}

/// <summary>Tells the one who asked how far it is; where he is gone, the operation ends.</summary>
/// <exception cref="IOException">He is gone.</exception>
internal delegate ValueTask ReportProgress(AdminProgress progress, CancellationToken cancellationToken);
