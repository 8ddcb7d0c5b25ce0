using System.IO.Pipelines;
using System.Text;

namespace PluginMail.Transport.Tests;

/// <summary>A connection over pipes in memory.</summary>
internal sealed class InMemoryConnection : IDuplexPipe
{
    private readonly Pipe _toServer = new(new PipeOptions(minimumSegmentSize: 16));
    private readonly Pipe _toClient;

    public InMemoryConnection(ServerCertificate? certificate = null, int window = 64)
    {
        _toClient = new Pipe(new PipeOptions(pauseWriterThreshold: window, resumeWriterThreshold: window / 2));
        Connection = new MailConnection("id", this, null, null, certificate, Clock, Abort);
    }

    public FakeTime Clock { get; } = new();

    public MailConnection Connection { get; }

    public ProtocolReader Reader => Connection.Reader;

    public bool IsAborted { get; private set; }

    /// <summary>Whether octets have come that no one has taken.</summary>
    public bool HasInput
    {
        get
        {
            bool has = _toServer.Reader.TryRead(out ReadResult result) && !result.Buffer.IsEmpty;
            if (has)
            {
                _toServer.Reader.AdvanceTo(result.Buffer.Start);
            }

            return has;
        }
    }

    /// <summary>The connection as its client has it.</summary>
    public Stream ClientStream => new PipeStream(_toClient.Reader, _toServer.Writer);

    PipeReader IDuplexPipe.Input => _toServer.Reader;

    PipeWriter IDuplexPipe.Output => _toClient.Writer;

    public async Task SendAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.Latin1.GetBytes(text));

    public async Task CloseAsync() => await _toServer.Writer.CompleteAsync();

    public async Task LeaveAsync() => await _toClient.Reader.CompleteAsync();

    public async Task<string> ReadLineAsync(int maximum = 100)
    {
        LineRead read = await StartReadLine(maximum);
        return Describe(read);
    }

    public Task<LineRead> StartReadLine(int maximum = 100) =>
        Reader.ReadLineAsync(maximum, TimeSpan.FromSeconds(10), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromMinutes(2));

    public static string Describe(LineRead read) =>
        read.Status == ReadStatus.Ok ? $"{Encoding.Latin1.GetString(read.Line)}{(read.EndsWithCrLf ? "|" : "/")}" : read.Status.ToString();

    public void Advance(double seconds)
    {
        Clock.Advance(TimeSpan.FromSeconds(seconds));
        Connection.Watch();
    }

    private void Abort()
    {
        IsAborted = true;
        _toClient.Writer.CancelPendingFlush();
    }
}
