using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Makes the changes of an envelope that effects ask for, with what they say about reports (RFC 3461).</summary>
internal static class EnvelopeEdits
{
    private static readonly DsnParameters NothingAsked = new(null, null, ImmutableDictionary<EmailAddress, RecipientDsn>.Empty);

    /// <summary>Adds a recipient that is none yet.</summary>
    public static Envelope Add(Envelope envelope, Effect.AddRecipient effect)
    {
        envelope = envelope with { Recipients = envelope.Recipients.Add(effect.Recipient) };
        if (effect.Dsn is not { } asked || asked == RecipientDsn.None)
        {
            return envelope;
        }

        DsnParameters dsn = envelope.Dsn ?? NothingAsked;
        return envelope with { Dsn = dsn with { Recipients = dsn.Recipients.SetItem(effect.Recipient, asked) } };
    }

    /// <summary>Takes a recipient off, and what was asked for it: whoever adds it again asks anew.</summary>
    public static Envelope Remove(Envelope envelope, EmailAddress recipient) => envelope with
    {
        Recipients = envelope.Recipients.Remove(recipient),
        Dsn = envelope.Dsn is { } dsn && dsn.Recipients.ContainsKey(recipient) ? dsn with { Recipients = dsn.Recipients.Remove(recipient) } : envelope.Dsn,
    };

    /// <summary>Changes the sender; of ENVID and RET what is given.</summary>
    public static Envelope Change(Envelope envelope, Effect.ChangeSender effect)
    {
        envelope = envelope with { Sender = effect.Sender };
        if (effect is { EnvelopeId: null, Return: null })
        {
            return envelope;
        }

        DsnParameters dsn = envelope.Dsn ?? NothingAsked;
        return envelope with { Dsn = dsn with { EnvelopeId = effect.EnvelopeId ?? dsn.EnvelopeId, Return = effect.Return ?? dsn.Return } };
    }
}
