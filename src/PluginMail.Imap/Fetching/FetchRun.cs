using System.Globalization;
using PluginMail.Mime;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>The work of one FETCH: reads rows in batches and writes a response for each message.</summary>
/// <param name="session">Whose.</param>
/// <param name="command">What is asked for.</param>
internal sealed class FetchRun(ImapSession session, Fetch command)
{
    private const int BatchSize = 256;
    private const FetchItems FromRow = FetchItems.InternalDate | FetchItems.Size | FromStructure;
    private const FetchItems FromStructure = FetchItems.Envelope | FetchItems.Body | FetchItems.BodyStructure;
    private static readonly FlagUpdate SetSeen = new(FlagUpdateMode.Add, MessageFlags.Seen, []);

    private readonly ImapWriter _writer = session.Writer;
    private readonly SelectedFolder _selected = session.Mailbox;
    private readonly EnvelopeWriter _envelopes = new(session.Writer);
    private readonly SectionWriter _sections = new(session.Writer);
    private readonly bool _needsRows = (command.Items & FromRow) != 0 || !command.Sections.IsEmpty;
    private readonly bool _needsStructure = (command.Items & FromStructure) != 0 || command.Sections.Any(section => section.NeedsStructure);
    private readonly bool _setsSeen = !session.Mailbox.IsReadOnly && command.Sections.Any(section => section.SetsSeen);
    private readonly List<int> _batch = new(BatchSize);
    private readonly List<uint> _seen = [];
    private bool _isFirst;

    /// <summary>Takes a message; writes a batch when there are enough.</summary>
    /// <param name="position">Where it is in the selected version.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Completes when the next can be taken.</returns>
    public ValueTask AddAsync(int position, CancellationToken cancellationToken)
    {
        _batch.Add(position);
        return _batch.Count < BatchSize ? ValueTask.CompletedTask : EndAsync(cancellationToken);
    }

    /// <summary>Writes the messages taken so far.</summary>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Completes when they are written.</returns>
    public async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        HashSet<uint>? newlySeen = _setsSeen ? await SetSeenAsync(cancellationToken) : null;
        IReadOnlyList<StoredMessage> rows = _needsRows ? await ReadRowsAsync(cancellationToken) : [];
        int next = 0;
        foreach (int position in _batch)
        {
            MessageEntry entry = _selected.EntryAt(position);
            bool withFlags = command.Items.HasFlag(FetchItems.Flags) || newlySeen?.Contains(entry.Uid) == true;
            if (!_needsRows)
            {
                Begin(position, entry, withFlags);
                End();
            }
            else if (next < rows.Count && rows[next].Uid == entry.Uid)
            {
                await WriteMessageAsync(position, entry, withFlags, rows[next++], cancellationToken);
            }

            await _writer.FlushIfFullAsync(cancellationToken);
        }

        _batch.Clear();
    }

    /// <summary>Has scripts run on the messages that are \Seen by this command.</summary>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>Completes when they have run.</returns>
    public ValueTask RunScriptsAsync(CancellationToken cancellationToken) =>
        ScriptEvents.FlaggedAsync(session, [new ScriptedMessages(_seen, MessageFlags.Seen)], cancellationToken);

    private ValueTask<IReadOnlyList<StoredMessage>> ReadRowsAsync(CancellationToken cancellationToken)
    {
        uint[] uids = new uint[_batch.Count];
        for (int i = 0; i < uids.Length; i++)
        {
            uids[i] = _selected.Version[_batch[i]].Uid;
        }

        return session.Services.Store.Mailboxes.ReadAsync(_selected.Hold, uids, _needsStructure, cancellationToken);
    }

    /// <summary>Sets \Seen on the batch's messages that lack it.</summary>
    /// <returns>The UIDs whose flags are to be told.</returns>
    private async ValueTask<HashSet<uint>> SetSeenAsync(CancellationToken cancellationToken)
    {
        List<uint> unseen = [];
        foreach (int position in _batch)
        {
            MessageEntry entry = _selected.EntryAt(position);
            if (!entry.Flags.Has(MessageFlags.Seen))
            {
                unseen.Add(entry.Uid);
            }
        }

        if (unseen.Count == 0)
        {
            return [];
        }

        IReadOnlyList<MessageEntry>? changed = await session.Services.Store.Mailboxes.UpdateFlagsAsync(
            _selected.Folder.Id, unseen, SetSeen, unchangedSince: null, cancellationToken);
        _selected.Note(changed ?? []);
        _seen.AddRange((changed ?? []).Select(static entry => entry.Uid));
        return [.. (changed ?? []).Select(entry => entry.Uid)];
    }

    private async ValueTask WriteMessageAsync(
        int position, MessageEntry entry, bool withFlags, StoredMessage row, CancellationToken cancellationToken)
    {
        using var message = new MessageReader(session.Services.Store.Bodies, row);
        Prepare(message);
        Begin(position, entry, withFlags);
        WriteItems(message);
        foreach (BodySection section in command.Sections)
        {
            Separate();
            await _sections.WriteAsync(message, section, cancellationToken);
        }

        End();
    }

    /// <summary>Touches what can fail before the response begins.</summary>
    private void Prepare(MessageReader message)
    {
        if (_needsStructure)
        {
            _ = message.Structure;
        }

        if (!command.Sections.IsEmpty)
        {
            _ = message.Content;
        }
    }

    private void Begin(int position, MessageEntry entry, bool withFlags)
    {
        _writer.IsWithinResponse = true;
        _writer.Write("* "u8);
        _writer.WriteNumber(position + 1);
        _writer.Write(" FETCH ("u8);
        _isFirst = true;
        if (command.Items.HasFlag(FetchItems.Uid))
        {
            Separate();
            _writer.Write("UID "u8);
            _writer.WriteNumber(entry.Uid);
        }

        if (withFlags)
        {
            Separate();
            _writer.Write("FLAGS "u8);
            FlagNames.Write(_writer, entry.Flags, _selected.Keywords, _selected.IsRecent(entry.Uid));
        }
    }

    private void End()
    {
        _writer.Write(")\r\n"u8);
        _writer.IsWithinResponse = false;
    }

    private void Separate()
    {
        if (!_isFirst)
        {
            _writer.Write(" "u8);
        }

        _isFirst = false;
    }

    private void WriteItems(MessageReader message)
    {
        if (command.Items.HasFlag(FetchItems.InternalDate))
        {
            Separate();
            WriteInternalDate(message.Row.InternalDate);
        }

        if (command.Items.HasFlag(FetchItems.Size))
        {
            Separate();
            _writer.Write("RFC822.SIZE "u8);
            _writer.WriteNumber(message.Row.Size);
        }

        if (command.Items.HasFlag(FetchItems.Envelope))
        {
            Separate();
            _writer.Write("ENVELOPE "u8);
            MimeEnvelope? envelope = message.Structure.Root.Envelope;
            _envelopes.Write(envelope, envelope is { IsComplete: true } ? message.Row.Prefix.Span : message.Header);
        }

        WriteStructure(message, FetchItems.Body, "BODY "u8);
        WriteStructure(message, FetchItems.BodyStructure, "BODYSTRUCTURE "u8);
    }

    private void WriteStructure(MessageReader message, FetchItems item, ReadOnlySpan<byte> label)
    {
        if (command.Items.HasFlag(item))
        {
            Separate();
            _writer.Write(label);
            new StructureWriter(_writer, _envelopes).Write(message.Structure.Root, isExtended: item == FetchItems.BodyStructure);
        }
    }

    private void WriteInternalDate(DateTimeOffset date)
    {
        _writer.Write("INTERNALDATE \""u8);
        Span<byte> room = _writer.Room(32);
        date.TryFormat(room, out int written, "dd-MMM-yyyy HH:mm:ss ", CultureInfo.InvariantCulture);
        _writer.Advance(written);
        TimeSpan offset = date.Offset.Duration();
        _writer.Write(date.Offset < TimeSpan.Zero ? "-"u8 : "+"u8);
        room = _writer.Room(4);
        int minutes = (offset.Hours * 100) + offset.Minutes;
        for (int i = 3; i >= 0; i--, minutes /= 10)
        {
            room[i] = (byte)('0' + (minutes % 10));
        }

        _writer.Advance(4);
        _writer.Write("\""u8);
    }
}
