using System.Buffers;
using System.Text;

namespace PluginMail.Transport.Tests;

/// <summary>Says each line again. STARTTLS, FAULT, QUIT and DEAF (waits for its end) do what they say.</summary>
internal sealed class EchoServer : IProtocolServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private int _ended;

    public string Name => "echo";

    public ReadOnlyMemory<byte> TooManyConnections { get; } = "too many\r\n"u8.ToArray();

    public int Ended => Volatile.Read(ref _ended);

    public async Task ServeAsync(MailConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await SayAsync(connection, $"hello {(connection.IsEncrypted ? connection.TlsDescription![..6] : "plain")}", cancellationToken);
            while (await StepAsync(connection, cancellationToken))
            {
            }
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private static async Task<bool> StepAsync(MailConnection connection, CancellationToken cancellationToken)
    {
        LineRead read = await connection.Reader.ReadLineAsync(1000, Patience, cancellationToken);
        string line = read.Status == ReadStatus.Ok ? Encoding.ASCII.GetString(read.Line) : read.Status.ToString();
        switch (line)
        {
            case "FAULT":
                throw new InvalidOperationException("a fault");
            case "DEAF":
                await SayAsync(connection, "deaf", cancellationToken);
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return false;
            case "STARTTLS":
                await SayAsync(connection, "go", cancellationToken);
                if (!await connection.StartTlsAsync(Patience, cancellationToken))
                {
                    return false;
                }

                await SayAsync(connection, $"{connection.ServerEndPointBinding!.Length} {connection.CanStartTls}", cancellationToken);
                return true;
            default:
                await SayAsync(connection, line, cancellationToken);
                return read.Status == ReadStatus.Ok && line != "QUIT";
        }
    }

    private static async Task SayAsync(MailConnection connection, string line, CancellationToken cancellationToken)
    {
        connection.Output.Write(Encoding.ASCII.GetBytes(line + "\r\n"));
        await connection.FlushAsync(Patience, cancellationToken);
    }
}
