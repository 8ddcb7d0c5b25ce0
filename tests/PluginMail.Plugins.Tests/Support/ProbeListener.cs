using System.Collections.Concurrent;

namespace PluginMail.Plugins.Tests.Support;

/// <summary>Is told by a version of the test plugin where it is, and holds it at one place until it is let go.</summary>
internal sealed class ProbeListener : IDisposable
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly string _holdAt;

    public ProbeListener(string holdAt = "")
    {
        _holdAt = holdAt;
        AppContext.SetData($"probe {Version}", (Action<string>)Hear);
    }

    /// <summary>The version that is listened for; no other test has it.</summary>
    public string Version { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The places it came to, in order.</summary>
    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>Is done at each place.</summary>
    public Action<string> Then { get; init; } = static _ => { };

    public int Count(string place) => Heard.Count(heard => heard == place);

    public void LetGo() => _gate.Set();

    public void Dispose()
    {
        LetGo();
        AppContext.SetData($"probe {Version}", null);
    }

    private void Hear(string place)
    {
        Heard.Enqueue(place);
        Then(place);
        if (place == _holdAt)
        {
            _gate.Wait();
        }
    }
}
