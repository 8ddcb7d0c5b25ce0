using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PluginMail.Server;

/// <summary>Prints what an operation writes while it runs; for JSON it is gathered, as it becomes one value.</summary>
/// <param name="output">Where it is printed.</param>
/// <param name="gathers">Whether it is gathered instead.</param>
internal sealed class OutputPrinter(Stream output, bool gathers) : IAsyncDisposable
{
    /// <summary>The most characters that are gathered.</summary>
    public const int MostGathered = 16 << 20;

    private const string Cut = "\n… (output cut: more than fits into one value of JSON)\n";

    private readonly StringBuilder _gathered = new();
    private bool _isCut;
    private char _last = '\n';

    /// <summary>What was gathered; null where it was printed.</summary>
    public string? Gathered => !gathers ? null : _isCut ? _gathered + Cut : _gathered.ToString();

    /// <summary>Opens standard output so that a reader who goes away, such as <c>head</c>, is noticed: the console hides that.</summary>
    public static Stream OpenStandardOutput()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        var file = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!file.CanSeek)
        {
            return file;
        }

        file.Dispose(); // a file keeps the place where it was written last, which only the console shares with what follows
        return Console.OpenStandardOutput();
    }

    /// <summary>Takes a part.</summary>
    /// <exception cref="IOException">Nobody reads any more.</exception>
    public async ValueTask ShowAsync(AdminProgress progress, CancellationToken cancellationToken)
    {
        if (progress.Output is not { Length: > 0 } text)
        {
            return;
        }

        if (gathers)
        {
            int room = Math.Min(MostGathered - _gathered.Length, text.Length);
            _gathered.Append(text.AsSpan(0, room));
            _isCut |= room < text.Length;
            return;
        }

        _last = '\n'; // after a failed write there is no line to end
        await output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        _last = text[^1];
    }

    /// <summary>Ends the last line, where the operation did not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_last != '\n')
        {
            await output.WriteAsync("\n"u8.ToArray());
        }

        await output.DisposeAsync();
    }
}
