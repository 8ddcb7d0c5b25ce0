using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>A transaction between MAIL and the end of the message.</summary>
internal sealed class OpenTransaction(EmailAddress? sender, MailParameters parameters, DecisionTrace trace, Judgement judgement)
{
    private readonly HashSet<EmailAddress> _known = [];
    private readonly List<EmailAddress> _recipients = [];
    private readonly HashSet<EmailAddress> _discarded = [];

    public EmailAddress? Sender { get; } = sender;

    public MailParameters Parameters { get; } = parameters;

    public DecisionTrace Trace { get; } = trace;

    public Judgement Judgement { get; } = judgement;

    /// <summary>What a stage before Recipient has against it.</summary>
    public Objection? Objection { get; set; }

    public bool HasRefusals { get; set; }

    /// <summary>The accepted recipients, each once, in their order.</summary>
    public IReadOnlyList<EmailAddress> Recipients => _recipients;

    /// <summary>Those of them that get nothing, because a check said so.</summary>
    public IReadOnlySet<EmailAddress> Discarded => _discarded;

    public void Accept(EmailAddress recipient, bool getsNothing)
    {
        if (_known.Add(recipient))
        {
            _recipients.Add(recipient);
        }

        if (getsNothing)
        {
            _discarded.Add(recipient);
        }
    }
}
