namespace PluginMail.Admin;

/// <summary>All series of one name: the server's, or those of each plugin that has a metric of this name. Its users lock.</summary>
internal sealed class MetricFamily(MetricDescription description)
{
    private readonly SortedDictionary<string, SeriesGroup> _groups = new(StringComparer.Ordinal);

    public MetricDescription Description { get; } = description;

    public IEnumerable<SeriesGroup> Groups => _groups.Values;

    /// <summary>An instrument records here from now on.</summary>
    /// <param name="plugin">Whose it is; null for the server's.</param>
    public SeriesGroup Enter(string? plugin)
    {
        if (!_groups.TryGetValue(plugin ?? "", out SeriesGroup? group))
        {
            _groups.Add(plugin ?? "", group = new SeriesGroup(this, plugin));
        }

        group.Instruments++;
        return group;
    }

    /// <summary>An instrument is gone. The last one of a plugin takes its series with it; the server's stay.</summary>
    /// <returns>Whether nothing is left of the family.</returns>
    public bool Leave(SeriesGroup group)
    {
        if (--group.Instruments == 0 && group.Plugin is { } plugin)
        {
            _groups.Remove(plugin);
        }

        return _groups.Count == 0;
    }
}
