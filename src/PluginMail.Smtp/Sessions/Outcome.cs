using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Smtp;

/// <summary>What is to happen after a command. Handlers say it; the session loop does it.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    public static implicit operator Outcome(SmtpReply reply) => new Answer(reply);

    /// <summary>Reply, and go on.</summary>
    /// <param name="Reply">The reply.</param>
    /// <param name="Subject">Whom the mail session refused, for the log; null where the reply is the protocol's own.</param>
    internal sealed record Answer(SmtpReply Reply, string? Subject = null) : Outcome
    {
        /// <summary>Whether it counts against the limit of errors: what is refused for good does, and whatever a plugin says to a command that is none.</summary>
        public bool IsError { get; init; } = Reply.Code >= 500;
    }

    /// <summary>Reply, and end the session.</summary>
    internal sealed record Close(SmtpReply Reply) : Outcome;

    /// <summary>The client is gone: end the session without a word.</summary>
    internal sealed record HangUp : Outcome
    {
        public static readonly HangUp Instance = new();
    }

    /// <summary>Ask for the message and take it to its end.</summary>
    internal sealed record ReceiveData : Outcome
    {
        public static readonly ReceiveData Instance = new();
    }

    /// <summary>Take a chunk of the message.</summary>
    /// <param name="Size">Octets.</param>
    /// <param name="IsLast">Whether the message ends with it.</param>
    internal sealed record ReceiveChunk(long Size, bool IsLast) : Outcome;

    /// <summary>Pass over a chunk, then reply.</summary>
    /// <param name="Size">Octets.</param>
    /// <param name="Reply">Why it is not taken.</param>
    /// <param name="Subject">Whom the mail session refused, for the log; null where the reply is the protocol's own.</param>
    internal sealed record DiscardChunk(long Size, SmtpReply Reply, string? Subject = null) : Outcome;

    /// <summary>Carry a SASL exchange on.</summary>
    /// <param name="Exchange">The exchange.</param>
    /// <param name="Mechanism">Its name, in capitals.</param>
    /// <param name="InitialResponse">The client's first octets; null where it sent none.</param>
    internal sealed record Authenticate(ISaslExchange Exchange, string Mechanism, byte[]? InitialResponse) : Outcome;

    /// <summary>Say that TLS may begin, and begin it.</summary>
    internal sealed record StartTls : Outcome
    {
        public static readonly StartTls Instance = new();
    }
}
