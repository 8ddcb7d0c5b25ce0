using System.Globalization;
using PluginMail.Abstractions;

namespace PluginMail.Daemons;

/// <summary><c>plugin run NAME status</c>: asks every daemon whether it is there, and says how each has fared.</summary>
/// <param name="clock">Measures time.</param>
/// <param name="asked">Groups of daemons, each with what asks one of them for a sign of life; its answer is shown.</param>
internal sealed class StatusCommand(
    TimeProvider clock, params IReadOnlyList<(DaemonGroup Group, Func<DaemonAddress, CancellationToken, ValueTask<Answer<string>>> Ping)> asked) : ICommand
{
    /// <inheritdoc/>
    public string Name => "status";

    /// <inheritdoc/>
    public string Summary => "Asks every server whether it is there";

    /// <inheritdoc/>
    public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
    {
        if (arguments.Count > 0)
        {
            await output.WriteLineAsync("status takes no arguments");
            return 2;
        }

        bool allAnswer = true;
        foreach (var (group, ping, daemon) in asked.SelectMany(static one => one.Group.Daemons.Select(daemon => (one.Group, one.Ping, daemon))))
        {
            long start = clock.GetTimestamp();
            var answer = await group.AskOneAsync(daemon, ping, cancellationToken);
            allAnswer &= answer.Value is not null;
            string state = answer.Value is { } said
                ? string.Create(CultureInfo.InvariantCulture, $"up, {clock.GetElapsedTime(start).TotalMilliseconds:0} ms, {said}")
                : $"{(answer.IsDeclined ? "works, but" : "down,")} {answer.Failure}";
            await output.WriteLineAsync($"{daemon.Address.Text}: {state} ({daemon.Answered} answered, {daemon.Failed} failed)");
        }

        return allAnswer ? 0 : 1;
    }
}
