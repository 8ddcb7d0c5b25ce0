using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>A transaction between MAIL and the end of the message.</summary>
internal sealed class OpenTransaction(EmailAddress? sender, MailParameters parameters, DecisionTrace trace, Judgement judgement)
{
    private readonly HashSet<EmailAddress> _known = [];
    private readonly List<EmailAddress> _recipients = [];
    private readonly HashSet<EmailAddress> _discarded = [];
    private ImmutableArray<EsmtpParameter>? _parameterList;
    private ImmutableDictionary<EmailAddress, RecipientDsn> _dsn = ImmutableDictionary<EmailAddress, RecipientDsn>.Empty;

    public EmailAddress? Sender { get; } = sender;

    public MailParameters Parameters { get; } = parameters;

    /// <summary>The parameters of MAIL, taken apart when somebody wants them.</summary>
    public ImmutableArray<EsmtpParameter> ParameterList => _parameterList ??= EsmtpParameters.Read(Parameters.Text);

    public DecisionTrace Trace { get; } = trace;

    public Judgement Judgement { get; } = judgement;

    /// <summary>What a stage before Recipient has against it.</summary>
    public Objection? Objection { get; set; }

    /// <summary>Whether the access table is asked again for each recipient.</summary>
    public bool AsksAccessForEach { get; set; }

    public bool HasRefusals { get; set; }

    /// <summary>What the client was told last of those; null where nothing was refused.</summary>
    public SmtpReply? LastRefusal { get; set; }

    /// <summary>The accepted recipients, each once, in their order.</summary>
    public IReadOnlyList<EmailAddress> Recipients => _recipients;

    /// <summary>Those of them that get nothing, because a check said so.</summary>
    public IReadOnlySet<EmailAddress> Discarded => _discarded;

    /// <summary>The envelope so far.</summary>
    /// <param name="recipients">Those of the recipients that are meant.</param>
    public Envelope Envelope(IEnumerable<EmailAddress> recipients) => new(Sender, [.. recipients])
    {
        RequiresTls = Parameters.RequiresTls,
        Dsn = _dsn.IsEmpty && Parameters is { EnvelopeId: null, Return: null } ? null : new DsnParameters(Parameters.EnvelopeId, Parameters.Return, _dsn),
    };

    public void Accept(EmailAddress recipient, RecipientDsn dsn, bool getsNothing)
    {
        if (_known.Add(recipient))
        {
            _recipients.Add(recipient);
            _dsn = dsn == RecipientDsn.None ? _dsn : _dsn.Add(recipient, dsn);
        }

        if (getsNothing)
        {
            _discarded.Add(recipient);
        }
    }
}
