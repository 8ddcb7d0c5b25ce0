namespace PluginMail.Storage;

/// <summary>The bodies that are being read: reclaiming passes them over.</summary>
internal sealed class BodyLeases
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BodyKey, int> _counts = [];

    public void Take(BodyKey key)
    {
        lock (_gate)
        {
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    public void Return(BodyKey key)
    {
        lock (_gate)
        {
            int count = _counts[key] - 1;
            if (count == 0)
            {
                _counts.Remove(key);
            }
            else
            {
                _counts[key] = count;
            }
        }
    }

    public bool IsTaken(BodyKey key)
    {
        lock (_gate)
        {
            return _counts.ContainsKey(key);
        }
    }
}
