using System.Text;
using PluginMail.Pipeline;

namespace PluginMail.Imap;

/// <summary>AUTHENTICATE (RFC 3501 section 6.2.2) with initial response (RFC 4959).</summary>
/// <param name="Mechanism">The SASL mechanism.</param>
/// <param name="InitialResponse">Its first octets, decoded; null where none was sent.</param>
internal sealed record Authenticate(string Mechanism, ReadOnlyMemory<byte>? InitialResponse) : ImapCommand
{
    private const int MaximumSteps = 10;

    /// <summary>The type's name alone: responses hold passwords.</summary>
    public override string ToString() => "AUTHENTICATE";

    /// <summary>Takes the mechanism and perhaps an initial response.</summary>
    public static Authenticate? Parse(ref ImapReader reader)
    {
        if (!reader.ExpectSpace() || !reader.ReadAtom(out ReadOnlySpan<byte> mechanism))
        {
            return null;
        }

        string name = Encoding.ASCII.GetString(mechanism);
        if (!reader.TryTake((byte)' '))
        {
            return new Authenticate(name, null);
        }

        if (reader.TryTake((byte)'='))
        {
            return new Authenticate(name, ReadOnlyMemory<byte>.Empty);
        }

        if (reader.ReadAtom(out ReadOnlySpan<byte> response) && SaslBase64.TryDecode(response, out byte[]? octets))
        {
            return new Authenticate(name, octets);
        }

        reader.Fail("the initial response is not base64");
        return null;
    }

    /// <summary>Carries challenges and responses until the exchange ends.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, Authenticate command, CancellationToken cancellationToken)
    {
        ISaslExchange? exchange = session.Services.SignIn.Begin(command.Mechanism, SignInReply.OriginOf(session));
        if (exchange is null)
        {
            return Completion.No("[CANNOT] This mechanism is not offered now");
        }

        SaslStep step = await exchange.RespondAsync(command.InitialResponse, cancellationToken);
        for (int steps = 0; steps < MaximumSteps && step.Outcome is null; steps++)
        {
            byte[]? line = await session.AskAsync(Convert.ToBase64String(step.Challenge.GetValueOrDefault().Span), cancellationToken);
            if (line is null)
            {
                return Completion.Bad("There was no response");
            }

            if (line.AsSpan().SequenceEqual("*"u8))
            {
                return Completion.Bad("Cancelled as asked");
            }

            if (!SaslBase64.TryDecode(line, out byte[]? response))
            {
                return Completion.Bad("The response is not base64");
            }

            step = await exchange.RespondAsync(response, cancellationToken);
        }

        return step.Outcome is null
            ? Completion.No("[AUTHENTICATIONFAILED] The exchange does not end")
            : SignInReply.Of(session, step.Outcome, command.Mechanism.ToUpperInvariant());
    }
}
