using PluginMail.Plugins.Roles;

namespace PluginMail.Plugins.Generations;

/// <summary>The steps by which a version is ended. A step that fails keeps none of those behind it from being made.</summary>
internal sealed class Ending
{
    /// <summary>What went wrong; null where nothing did.</summary>
    public string? Fault { get; private set; }

    /// <summary>Makes a step.</summary>
    /// <returns>Whether it went well.</returns>
    public bool Try(string step, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception e)
        {
            Note(step, e);
            return false;
        }
    }

    /// <summary>Makes a step that is awaited.</summary>
    public async ValueTask TryAsync(string step, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            Note(step, e);
        }
    }

    private void Note(string step, Exception e)
    {
        string fault = $"{step}: {FaultText.Line(e is AggregateException { InnerExceptions: [var only] } ? only : e)}";
        Fault = Fault is null ? fault : $"{Fault}; {fault}";
    }
}
