namespace PluginMail.Dnsbl;

/// <summary>Says a warning about the same thing once an hour.</summary>
internal sealed class HourlyWarnings(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _said = new(StringComparer.Ordinal);

    /// <summary>Whether a warning is due; it counts as said then.</summary>
    public bool IsDue(string about)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (_said.TryGetValue(about, out var said) && now - said < TimeSpan.FromHours(1))
            {
                return false;
            }

            _said[about] = now;
            return true;
        }
    }
}
