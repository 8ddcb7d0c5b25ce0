using PluginMail.Mime;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>The message that search keys look at. One object serves a whole search.</summary>
/// <param name="selected">Where the messages are.</param>
internal sealed class SearchSubject(SelectedFolder selected)
{
    private MessageReader? _message;

    /// <summary>Where the messages are.</summary>
    public SelectedFolder Selected { get; } = selected;

    /// <summary>Its position.</summary>
    public int Position { get; private set; }

    /// <summary>UID and flags.</summary>
    public MessageEntry Entry { get; private set; }

    /// <summary>Its row, structure and octets. Keys ask for it only where their cost says so.</summary>
    public MessageReader Message => _message ?? throw new InvalidOperationException("the row was not read");

    /// <summary>Whether the stored envelope says all: it is complete, and the copy's prefix adds nothing that it could hold.</summary>
    public bool HasWholeEnvelope => Message.Structure.Root.Envelope is { IsComplete: true } && !PrefixHasEnvelopeFields();

    /// <summary>Looks at another message, of which only UID and flags are at hand.</summary>
    public void Turn(int position)
    {
        Position = position;
        Entry = Selected.EntryAt(position);
    }

    /// <summary>Puts the message's row at hand.</summary>
    public void Attach(MessageReader? message) => _message = message;

    /// <summary>The first field of an envelope header, raw; empty where there is none.</summary>
    public ReadOnlySpan<byte> EnvelopeField(EnvelopeHeader header)
    {
        MimeEnvelope? envelope = Message.Structure.Root.Envelope;
        return EnvelopeWriter.Find(envelope, envelope is { IsComplete: true } ? Message.Row.Prefix.Span : Message.Header, header);
    }

    private bool PrefixHasEnvelopeFields()
    {
        ReadOnlySpan<byte> prefix = Message.Row.Prefix.Span;
        if (prefix.IsEmpty)
        {
            return false;
        }

        foreach (HeaderField field in new HeaderBlock(prefix))
        {
            if (SearchParser.EnvelopeHeaderOf(field.Name) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
