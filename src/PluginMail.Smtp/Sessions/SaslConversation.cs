using System.Buffers;
using PluginMail.Pipeline;
using PluginMail.Transport;

namespace PluginMail.Smtp;

/// <summary>Carries challenges and responses of AUTH (RFC 4954 section 4) until the exchange ends.</summary>
/// <param name="context">The session; it is signed in where the exchange says so.</param>
/// <param name="readLine">Sends what is written and reads the client's next line.</param>
/// <param name="ended">What is to happen where there is no line.</param>
internal sealed class SaslConversation(
    SessionContext context, Func<CancellationToken, ValueTask<LineRead>> readLine, Func<ReadStatus, Outcome> ended)
{
    private const int MaximumSteps = 16;

    /// <summary>Runs the exchange.</summary>
    /// <param name="authenticate">The exchange and the client's first octets.</param>
    /// <param name="cancellationToken">The session's end.</param>
    /// <returns>What is to happen.</returns>
    public async ValueTask<Outcome> RunAsync(Outcome.Authenticate authenticate, CancellationToken cancellationToken)
    {
        byte[]? response = authenticate.InitialResponse;
        for (int i = 0; i < MaximumSteps; i++)
        {
            ReadOnlyMemory<byte>? octets = response is null ? default(ReadOnlyMemory<byte>?) : response.AsMemory(); // a plain null would become an empty memory
            SaslStep step = await authenticate.Exchange.RespondAsync(octets, cancellationToken);
            if (step.Outcome is { } end)
            {
                return await AuthHandler.EndAsync(end, authenticate.Mechanism, context, cancellationToken);
            }

            ReplyWriter.WriteChallenge(context.Connection.Output, (step.Challenge ?? default).Span);
            LineRead line = await readLine(cancellationToken);
            if (Refusal(line, out response) is { } refusal)
            {
                return refusal;
            }
        }

        return SmtpReplies.SignInMalformed;
    }

    private Outcome? Refusal(LineRead line, out byte[]? response)
    {
        response = null;
        return line.Status switch
        {
            ReadStatus.Ok when !line.EndsWithCrLf => SmtpReplies.BareLineFeed,
            ReadStatus.Ok => Decode(line.Line.IsSingleSegment ? line.Line.FirstSpan : line.Line.ToArray(), out response),
            ReadStatus.TooLong => SmtpReplies.SignInLineTooLong,
            _ => ended(line.Status),
        };
    }

    private static Outcome? Decode(ReadOnlySpan<byte> text, out byte[]? response)
    {
        response = null;
        if (text is [(byte)'*'])
        {
            return SmtpReplies.SignInCancelled;
        }

        return SaslBase64.TryDecode(text, out response) ? null : (Outcome)SmtpReplies.InvalidBase64;
    }
}
