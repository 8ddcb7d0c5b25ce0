using System.Diagnostics;

namespace PluginMail.EndToEnd;

/// <summary>Waits for what is bound to happen soon.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks again and again until it is so.</summary>
    /// <exception cref="TimeoutException">It was not so in time.</exception>
    public static async Task TrueAsync(Func<Task<bool>> isSo, string what, int seconds = 20)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > seconds)
            {
                throw new TimeoutException($"not within {seconds} s: {what}");
            }

            await Task.Delay(Pause);
        }
    }

    public static Task TrueAsync(Func<bool> isSo, string what, int seconds = 20) => TrueAsync(() => Task.FromResult(isSo()), what, seconds);
}
