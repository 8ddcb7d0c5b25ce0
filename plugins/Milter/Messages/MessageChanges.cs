using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Milter.Protocol;
using PluginMail.Milter.Sessions;
using PluginMail.Text;

namespace PluginMail.Milter.Messages;

/// <summary>
/// The changes that a milter asks for after the end of a message, as effects. Milters count header fields among those they were shown, which
/// are all but this server's own Received, up to the first line that is none; so the header is followed here through each change.
/// </summary>
internal sealed class MessageChanges
{
    private const int MostEffects = 900; // the server takes a thousand
    private const int MostNotDone = 10;

    private readonly ImmutableArray<Effect>.Builder _effects = ImmutableArray.CreateBuilder<Effect>();
    private readonly List<Field> _fields;
    private readonly List<string> _notDone = [];
    private readonly int _longestBody;
    private readonly string _origin;
    private MemoryStream? _body;

    /// <summary>Begins with a message as it came.</summary>
    /// <param name="message">The message.</param>
    /// <param name="longestBody">Octets of the longest body that may take its body's place.</param>
    /// <param name="origin">The domain of addresses that have none.</param>
    public MessageChanges(IMessageView message, int longestBody, string origin)
    {
        _longestBody = longestBody;
        _origin = origin;
        var body = MessageBody.Find(message.Content);
        bool isHidden = false;
        var shown = ImmutableArray.CreateBuilder<MessageHeader>(message.Headers.Length);
        _fields = new List<Field>(message.Headers.Length);
        foreach (var header in message.Headers.Take(body.Fields))
        {
            bool isOwn = !isHidden && IsOwn(header, message.TransactionId);
            isHidden |= isOwn;
            _fields.Add(new Field(header.Name, !isOwn));
            if (!isOwn)
            {
                shown.Add(header);
            }
        }

        Shown = shown.ToImmutable();
        BodyStart = body.Start;
    }

    /// <summary>The fields that a milter is shown.</summary>
    public ImmutableArray<MessageHeader> Shown { get; }

    /// <summary>Where the body begins that a milter is shown.</summary>
    public long BodyStart { get; }

    /// <summary>Whether the milter writes the space behind the colon itself.</summary>
    public bool BringsLeadingSpace { get; set; }

    /// <summary>Why the message is to be held; null where it is not.</summary>
    public string? Quarantine { get; private set; }

    /// <summary>Changes that cannot be made, the first ten of them.</summary>
    public IReadOnlyList<string> NotDone => _notDone;

    /// <summary>The changes so far.</summary>
    public ImmutableArray<Effect> Effects => _body is null
        ? _effects.ToImmutable()
        : [.. _effects, new Effect.ReplaceBody(_body.GetBuffer().AsMemory(0, (int)_body.Length))];

    /// <summary>Holds the message for what the milter said before its end, where it said nothing after it.</summary>
    /// <param name="reason">Why; null where it said nothing.</param>
    public void Hold(string? reason) => Quarantine ??= reason;

    /// <summary>Takes a packet that is a change.</summary>
    /// <returns>False where it is none.</returns>
    /// <exception cref="MilterFaultException">It is a malformed one, or one too many.</exception>
    public bool TryTake(MilterPacket packet)
    {
        var data = new MilterPacketReader(packet.Data);
        switch (packet.Kind)
        {
            case MilterAnswer.AddHeader:
                Insert(_fields.Count, FieldName(ref data), data.ReadOctets());
                break;
            case MilterAnswer.InsertHeader:
                uint index = data.ReadNumber();
                Insert(PlaceOf(index), FieldName(ref data), data.ReadOctets());
                break;
            case MilterAnswer.ChangeHeader:
                index = data.ReadNumber();
                Change(index, FieldName(ref data), data.ReadOctets());
                break;
            case MilterAnswer.ReplaceBody:
                AddBody(packet.Data);
                break;
            case MilterAnswer.AddRecipient:
                ForAddress(ref data, static address => new Effect.AddRecipient(address));
                break;
            case MilterAnswer.AddRecipientWithParameters:
                AddRecipient(ref data);
                break;
            case MilterAnswer.DeleteRecipient:
                ForAddress(ref data, static address => new Effect.RemoveRecipient(address));
                break;
            case MilterAnswer.ChangeSender:
                ChangeSender(ref data);
                break;
            case MilterAnswer.Quarantine:
                Quarantine = MilterDialog.ReadReason(packet);
                break;
            default:
                return false;
        }

        return true;
    }

    private static bool IsOwn(MessageHeader header, string transactionId) =>
        header.Name.Equals("Received", StringComparison.OrdinalIgnoreCase) && header.Value.Contains($" id {transactionId}", StringComparison.Ordinal);

    /// <summary>A name, of whatever length a field that the milter was shown may have.</summary>
    private static string FieldName(ref MilterPacketReader data)
    {
        string name = data.ReadText();
        bool isName = name.Length > 0 && !name.AsSpan().ContainsAnyExceptInRange('!', '~') && !name.Contains(':', StringComparison.Ordinal);
        return isName ? name : throw new MilterFaultException($"\"{Printable.Of(name, 60)}\" is not a header field's name");
    }

    private void Add(Effect effect)
    {
        if (_effects.Count >= MostEffects)
        {
            throw new MilterFaultException($"it asks for more than {MostEffects} changes");
        }

        _effects.Add(effect);
    }

    private void Insert(int place, string name, ReadOnlySpan<byte> value)
    {
        if (!HeaderEdit.IsFieldName(name))
        {
            Leave($"the field's name \"{Printable.Of(name, 60)}\" is too long to be written");
            return;
        }

        Add(new HeaderEdit.Insert(name, RawValue(value), place));
        _fields.Insert(place, new Field(name, IsShown: true));
    }

    /// <summary>Changes the one of a name that <paramref name="index"/> counts from 1; an empty value removes it; one that is not there is added.</summary>
    private void Change(uint index, string name, ReadOnlySpan<byte> value)
    {
        uint wanted = Math.Max(index, 1);
        int occurrence = 0;
        for (int place = 0; place < _fields.Count; place++)
        {
            if (!_fields[place].Is(name))
            {
                continue;
            }

            occurrence++;
            if (_fields[place].IsShown && --wanted == 0)
            {
                if (value.IsEmpty || HeaderEdit.IsFieldName(name))
                {
                    Add(new HeaderEdit.Remove(name, occurrence));
                    _fields.RemoveAt(place);
                }

                if (!value.IsEmpty)
                {
                    Insert(place, name, value);
                }

                return;
            }
        }

        if (!value.IsEmpty)
        {
            Insert(_fields.Count, name, value);
        }
    }

    /// <summary>0 is above all; 1 is above the first that was shown, and so on.</summary>
    private int PlaceOf(uint index)
    {
        uint left = index;
        for (int place = 0; place < _fields.Count && left > 0; place++)
        {
            if (_fields[place].IsShown && --left == 0)
            {
                return place;
            }
        }

        return index == 0 ? 0 : _fields.Count;
    }

    private void AddBody(byte[] data)
    {
        _body ??= new MemoryStream();
        if (_body.Length + data.Length > _longestBody)
        {
            throw new MilterFaultException($"its new body has more than {_longestBody} octets (maximum_body)");
        }

        _body.Write(data);
    }

    private void Leave(string what)
    {
        if (_notDone.Count < MostNotDone)
        {
            _notDone.Add(what);
        }
    }

    private void ForAddress(ref MilterPacketReader data, Func<EmailAddress, Effect> effect)
    {
        if (ReadAddress(ref data) is { } address)
        {
            Add(effect(address));
        }
    }

    private EmailAddress? ReadAddress(ref MilterPacketReader data)
    {
        string text = data.ReadText();
        if (TryAddress(WithoutBrackets(text), out var address))
        {
            return address;
        }

        Leave($"\"{Printable.Of(text)}\" is no address");
        return null;
    }

    private void AddRecipient(ref MilterPacketReader data)
    {
        var address = ReadAddress(ref data);
        var arguments = ReadArguments(ref data);
        if (address is not null)
        {
            Add(new Effect.AddRecipient(address) { Dsn = arguments.Recipient });
        }
    }

    private void ChangeSender(ref MilterPacketReader data)
    {
        string text = WithoutBrackets(data.ReadText());
        var arguments = ReadArguments(ref data);
        EmailAddress? sender = null;
        if (text.Length == 0 || TryAddress(text, out sender))
        {
            Add(new Effect.ChangeSender(sender) { EnvelopeId = arguments.EnvelopeId, Return = arguments.Return });
        }
        else
        {
            Leave($"\"{Printable.Of(text)}\" is no address");
        }
    }

    /// <summary>The parameters behind an address, where there are any.</summary>
    private EsmtpArguments ReadArguments(ref MilterPacketReader data)
    {
        var arguments = EsmtpArguments.Read(data.IsAtEnd ? "" : data.ReadText());
        foreach (string argument in arguments.NotKnown)
        {
            Leave($"the parameter \"{Printable.Of(argument, 60)}\" of an address means nothing here");
        }

        return arguments;
    }

    /// <summary>Reads an address; one without a domain is of the origin, as Postfix's myorigin has it.</summary>
    private bool TryAddress(string text, [NotNullWhen(true)] out EmailAddress? address) =>
        EmailAddress.TryParse(text, out address) || (!text.Contains('@', StringComparison.Ordinal) && EmailAddress.TryParse($"{text}@{_origin}", out address));

    private static string WithoutBrackets(string text) => text is ['<', .., '>'] ? text[1..^1] : text;

    /// <summary>A value as it is to stand behind the colon: each line end CRLF, and followed by white space.</summary>
    private byte[] RawValue(ReadOnlySpan<byte> value)
    {
        string text = Encoding.Latin1.GetString(value).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', ' ').TrimEnd('\n');
        var raw = new StringBuilder(text.Length + 8);
        if (!BringsLeadingSpace)
        {
            raw.Append(' ');
        }

        for (int i = 0; i < text.Length; i++)
        {
            raw.Append(text[i] == '\n' ? "\r\n" : text[i].ToString());
            if (text[i] == '\n' && text[i + 1] is not (' ' or '\t'))
            {
                raw.Append('\t');
            }
        }

        return Encoding.Latin1.GetBytes(raw.ToString());
    }

    private sealed record Field(string Name, bool IsShown)
    {
        public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
    }
}
