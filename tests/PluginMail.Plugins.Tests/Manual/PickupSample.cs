using System.Diagnostics.Metrics;
using PluginMail.Abstractions;

namespace PluginMail.Plugins.Tests.Manual;

// sample: Background
internal sealed class Pickup(IPluginHost host, string folder, EmailAddress to) : IBackgroundService, ICommand
{
    private readonly Counter<long> _taken = host.Meter.CreateCounter<long>("taken", "{message}", "Files that were brought in.");

    public string Name => "waiting";

    public string Summary => "Says how many files wait.";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), host.Clock);
        do
        {
            foreach (string path in Directory.EnumerateFiles(folder, "*.eml"))
            {
                using var content = new MemoryContent(await File.ReadAllBytesAsync(path, cancellationToken));
                var message = new SubmittedMessage(new Envelope(null, [to]), content, Direction.Incoming);

                // The key makes it one message, wherever the process ends.
                if (await host.Submission.SubmitAsync(message, Path.GetFileName(path), cancellationToken)
                    is SubmissionResult.Accepted or SubmissionResult.Duplicate or SubmissionResult.Held)
                {
                    File.Delete(path);
                    _taken.Add(1);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    public async ValueTask<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken cancellationToken)
    {
        int waiting = Directory.EnumerateFiles(folder, "*.eml").Count();
        await output.WriteLineAsync($"{waiting} waiting".AsMemory(), cancellationToken);
        return waiting == 0 ? 0 : 1;
    }
}
// end sample
