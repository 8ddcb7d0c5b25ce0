using System.Buffers;
using PluginMail.Abstractions;
using PluginMail.Mime;

namespace PluginMail.SmtpClient;

/// <summary>A message as it goes out over one connection.</summary>
/// <param name="content">The message.</param>
/// <param name="survey">What it needs.</param>
internal sealed class SendableContent(MessageContent content, ContentSurvey survey)
{
    /// <summary>What it needs.</summary>
    public ContentSurvey Survey => survey;

    /// <summary>Surveys a message.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SendableContent Of(MessageContent content) => new(content, ContentSurvey.Of(content));

    /// <summary>The message in 7-bit octets, its parts encoded anew (RFC 6152 section 3).</summary>
    /// <returns>Null where it must not be changed or cannot be.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SendableContent? ToSevenBit()
    {
        if (!content.TryGetMemory(out ReadOnlyMemory<byte> message))
        {
            if (content.Length > Array.MaxLength)
            {
                return null;
            }

            byte[] octets = new byte[content.Length];
            message = octets.AsMemory(0, content.Read(0, octets));
        }

        var output = new ArrayBufferWriter<byte>(message.Length + (message.Length / 2) + 256);
        return SevenBitConversion.TryConvert(message.Span, output) ? Of(new MemoryContent(output.WrittenMemory)) : null;
    }

    /// <summary>Sends the octets, and for DATA the dot behind them; what fits into the connection's output is only held there.</summary>
    /// <param name="connection">Where to.</param>
    /// <param name="isData">Whether DATA is used, not BDAT.</param>
    /// <param name="timeout">For the host to take a block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the host took not all of it.</returns>
    /// <exception cref="IOException">The message cannot be read.</exception>
    public async ValueTask<bool> WriteAsync(SmtpConnection connection, bool isData, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var encoder = new LineEncoder(isData);
        byte[]? piece = content.TryGetMemory(out ReadOnlyMemory<byte> memory) ? null : ArrayPool<byte>.Shared.Rent(ContentSurvey.PieceSize);
        try
        {
            for (long offset = 0; offset < content.Length;)
            {
                if (connection.Free.Length < LineEncoder.MaximumLength(ContentSurvey.PieceSize)
                    && !await connection.FlushAsync(timeout, cancellationToken))
                {
                    return false;
                }

                int count = piece is null
                    ? (int)Math.Min(ContentSurvey.PieceSize, content.Length - offset)
                    : content.Read(offset, piece.AsSpan(0, ContentSurvey.PieceSize));
                if (count == 0)
                {
                    throw new EndOfStreamException("the message is shorter than it was");
                }

                Encode(connection, ref encoder, piece is null ? memory.Span.Slice((int)offset, count) : piece.AsSpan(0, count), isData);
                offset += count;
            }
        }
        finally
        {
            if (piece is not null)
            {
                ArrayPool<byte>.Shared.Return(piece);
            }
        }

        connection.Advance(encoder.Finish(connection.Free));
        if (isData)
        {
            connection.Write(".\r\n"u8);
        }

        return true;
    }

    private void Encode(SmtpConnection connection, ref LineEncoder encoder, ReadOnlySpan<byte> piece, bool isData)
    {
        if (survey.IsCanonical && !isData)
        {
            connection.Write(piece);
        }
        else
        {
            connection.Advance(encoder.Encode(piece, connection.Free));
        }
    }
}
