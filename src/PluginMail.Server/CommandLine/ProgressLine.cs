namespace PluginMail.Server;

/// <summary>Shows how far an operation is: a line of a terminal that is written over, or JSON, an object a line; nothing for other readers.</summary>
internal sealed class ProgressLine(TextWriter output, bool asJson, bool isTerminal) : IDisposable
{
    private bool _isShown;

    public ValueTask ShowAsync(AdminProgress progress, CancellationToken cancellationToken)
    {
        if (asJson)
        {
            output.WriteLine($$"""{"done":{{progress.Done}},"total":{{progress.Total}}}""");
        }
        else if (isTerminal)
        {
            output.Write($"\r{progress.Done} of {progress.Total}");
            _isShown = true;
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        if (_isShown)
        {
            output.WriteLine();
        }
    }
}
