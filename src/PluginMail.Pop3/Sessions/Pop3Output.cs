using System.Buffers;
using System.Text;
using PluginMail.Transport;

namespace PluginMail.Pop3.Sessions;

/// <summary>A session's replies. They are gathered and sent together, as pipelined commands come (RFC 2449 section 6.6).</summary>
internal sealed class Pop3Output(MailConnection connection, TimeSpan timeout)
{
    private const int FlushThreshold = 32 * 1024;

    /// <summary>Where octets go; not to be kept, TLS exchanges it.</summary>
    public IBufferWriter<byte> Writer => connection.Output;

    /// <summary>Writes a status line.</summary>
    public void Status(bool isOk, string text)
    {
        Writer.Write(isOk ? "+OK "u8 : "-ERR "u8);
        Line(text);
    }

    /// <summary>Writes a line.</summary>
    public void Line(string text)
    {
        Encoding.UTF8.GetBytes(text, Writer);
        Writer.Write("\r\n"u8);
    }

    /// <summary>Ends a multi-line response.</summary>
    public void EndOfLines() => Writer.Write(".\r\n"u8);

    /// <summary>Sends what was gathered, when it is much.</summary>
    /// <returns>False where the client takes no more.</returns>
    public ValueTask<bool> FlushIfMuchAsync() =>
        connection.Output.UnflushedBytes < FlushThreshold ? ValueTask.FromResult(true) : FlushAsync();

    /// <summary>Sends what was gathered.</summary>
    /// <returns>False where the client takes no more.</returns>
    /// <remarks>
    /// The connection's token is not used: it says that the client sends no more, and such a client may still read. A client that does not
    /// read is cut when its time is over.
    /// </remarks>
    public ValueTask<bool> FlushAsync() =>
        connection.Output.UnflushedBytes == 0 ? ValueTask.FromResult(true) : connection.FlushAsync(timeout, CancellationToken.None);
}
