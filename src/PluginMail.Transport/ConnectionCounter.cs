using System.Net;

namespace PluginMail.Transport;

/// <summary>Counts the connections of a listener, in all and by client address.</summary>
internal sealed class ConnectionCounter(int maximum, int maximumPerAddress)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _count;

    /// <summary>Counts one more, if there may be one.</summary>
    public bool TryEnter(IPAddress? address)
    {
        lock (_lock)
        {
            if (_count >= maximum)
            {
                return false;
            }

            if (address is not null && !IPAddress.IsLoopback(address))
            {
                int open = _byAddress.GetValueOrDefault(address);
                if (open >= maximumPerAddress)
                {
                    return false;
                }

                _byAddress[address] = open + 1;
            }

            _count++;
            return true;
        }
    }

    /// <summary>Counts one less.</summary>
    public void Leave(IPAddress? address)
    {
        lock (_lock)
        {
            _count--;
            if (address is null || !_byAddress.TryGetValue(address, out int open))
            {
                return;
            }

            if (open == 1)
            {
                _byAddress.Remove(address);
            }
            else
            {
                _byAddress[address] = open - 1;
            }
        }
    }
}
