using System.Diagnostics;

namespace PluginMail.EndToEnd;

/// <summary>Waits for what is bound to happen soon.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // for a machine that is slow and busy

    /// <summary>Asks again and again until it is so.</summary>
    /// <exception cref="TimeoutException">It was not so in time.</exception>
    public static async Task TrueAsync(Func<Task<bool>> isSo, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"not within {Patience}: {what}");
            }

            await Task.Delay(Pause);
        }
    }

    public static Task TrueAsync(Func<bool> isSo, string what) => TrueAsync(() => Task.FromResult(isSo()), what);
}
