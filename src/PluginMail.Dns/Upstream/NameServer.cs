using System.Net;
using Microsoft.Extensions.Logging;

namespace PluginMail.Dns.Upstream;

/// <summary>One name server, and whether it has answered lately. One that has not is asked after the others, for longer each time.</summary>
internal sealed class NameServer(IPEndPoint endPoint, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostWait = TimeSpan.FromMinutes(2);
    private readonly Lock _lock = new();
    private int _failures;
    private long _avoidedUntil;

    public IPEndPoint EndPoint => endPoint;

    /// <summary>Whether nobody can stand between it and this process.</summary>
    public bool IsLocal => IPAddress.IsLoopback(endPoint.Address);

    /// <summary>Whether others should be asked first.</summary>
    public bool IsAvoided
    {
        get
        {
            lock (_lock)
            {
                return _failures > 0 && clock.GetTimestamp() < _avoidedUntil;
            }
        }
    }

    /// <summary>A try was answered, whatever the answer.</summary>
    public void Answered()
    {
        lock (_lock)
        {
            if (_failures > 0)
            {
                DnsLog.ServerAnswersAgain(log, endPoint);
            }

            _failures = 0;
        }
    }

    /// <summary>A try was not answered. Tries that ended at about the same time count once.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            if (_failures > 0 && clock.GetTimestamp() < _avoidedUntil)
            {
                return;
            }

            TimeSpan wait = TimeSpan.FromTicks(Math.Min(LeastWait.Ticks << Math.Min(_failures, 16), MostWait.Ticks));
            if (_failures++ == 0)
            {
                DnsLog.ServerAvoided(log, endPoint, wait);
            }

            _avoidedUntil = clock.GetTimestamp() + (long)(wait.TotalSeconds * clock.TimestampFrequency);
        }
    }
}
