using System.Text;
using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>Which mailboxes LIST considers, and what it tells of them (RFC 5258 section 3, RFC 6154 section 2).</summary>
[Flags]
internal enum ListOptions
{
    /// <summary>All, plainly.</summary>
    None = 0,

    /// <summary>Only subscribed names, with or without a mailbox.</summary>
    SelectSubscribed = 1,

    /// <summary>Only mailboxes with a special use.</summary>
    SelectSpecialUse = 2,

    /// <summary>Names above those selected as well.</summary>
    RecursiveMatch = 4,

    /// <summary>Tells which are subscribed.</summary>
    ReturnSubscribed = 8,

    /// <summary>Tells which have others below them; always told.</summary>
    ReturnChildren = 16,

    /// <summary>Tells special uses; always told.</summary>
    ReturnSpecialUse = 32,
}

/// <summary>LIST (RFC 3501 section 6.3.8) with the options of LIST-EXTENDED (RFC 5258) and LIST-STATUS (RFC 5819).</summary>
/// <param name="Patterns">Reference and pattern together; a null stands for the empty pattern that asks for the delimiter.</param>
/// <param name="Options">Selection and return options.</param>
/// <param name="Status">What is told of each mailbox besides.</param>
/// <param name="Metadata">Which annotations of each mailbox are told besides (RFC 9590); null for none.</param>
internal sealed record ListMailboxes(
    IReadOnlyList<ListPattern?> Patterns, ListOptions Options, StatusItems Status, MetadataRequest? Metadata) : ImapCommand
{
    private const int MaximumPatterns = 50;

    /// <summary>Takes options, a reference, one or more patterns, options.</summary>
    public static ListMailboxes? Parse(ref ImapReader reader)
    {
        ListOptions options = ListOptions.None;
        StatusItems status = StatusItems.None;
        MetadataRequest? metadata = null;
        if (!reader.ExpectSpace())
        {
            return null;
        }

        if (reader.Next == '(' && (!ReadSelection(ref reader, ref options) || !reader.ExpectSpace()))
        {
            return null;
        }

        List<ListPattern?> patterns = [];
        if (!reader.ReadMailbox(out string reference) || !reader.ExpectSpace() || !ReadPatterns(ref reader, reference, patterns))
        {
            return null;
        }

        return reader.TryTake((byte)' ') && !ReadReturn(ref reader, ref options, ref status, ref metadata)
            ? null
            : new ListMailboxes(patterns, options, status, metadata);
    }

    /// <summary>Lists the mailboxes.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, ListMailboxes command, CancellationToken cancellationToken)
    {
        if (command.Patterns.Any(pattern => pattern is null))
        {
            session.WriteLine(@"* LIST (\Noselect) ""/"" """"");
            return Completion.Ok("The delimiter told");
        }

        long largest = 0;
        FolderTree tree = await FolderTree.ReadAsync(session, command.Options.HasFlag(ListOptions.SelectSubscribed), cancellationToken);
        foreach (FolderNode node in tree.Nodes)
        {
            if (!command.Patterns.Any(pattern => pattern!.Matches(node.Name)))
            {
                continue;
            }

            bool isSelected = IsSelected(node, command.Options);
            bool isAbove = command.Options.HasFlag(ListOptions.RecursiveMatch) && node.HasSubscribedBelow;
            if (!isSelected && !isAbove)
            {
                continue;
            }

            Write(session, node, command.Options, isAbove);
            if (command.Status != StatusItems.None && node.Folder is { IsSelectable: true } folder)
            {
                await Imap.Status.TellAsync(session, folder, command.Status, cancellationToken);
            }

            if (command.Metadata is { } metadata && node.Folder is not null)
            {
                largest = Math.Max(largest, await metadata.TellAsync(session, node.Folder, cancellationToken));
            }

            await session.Writer.FlushIfFullAsync(cancellationToken);
        }

        return MetadataRequest.Complete(largest, "Mailboxes listed");
    }

    private static bool IsSelected(FolderNode node, ListOptions options)
    {
        if (options.HasFlag(ListOptions.SelectSubscribed) && !node.IsSubscribed)
        {
            return false;
        }

        return options.HasFlag(ListOptions.SelectSpecialUse)
            ? node.Folder is { SpecialUse: not SpecialUse.None }
            : node.Folder is not null || options.HasFlag(ListOptions.SelectSubscribed);
    }

    private static void Write(ImapSession session, FolderNode node, ListOptions options, bool isAbove)
    {
        var attributes = new StringBuilder();
        Add(attributes, node.Folder is null, @"\NonExistent");
        Add(attributes, node.Folder is { IsSelectable: false }, @"\Noselect");
        Add(attributes, node.Folder is not null, node.HasChildren ? @"\HasChildren" : @"\HasNoChildren");
        Add(attributes, node.IsSubscribed && (options & (ListOptions.SelectSubscribed | ListOptions.ReturnSubscribed)) != 0, @"\Subscribed");
        Add(attributes, node.Folder is { SpecialUse: not SpecialUse.None }, SpecialUseNames.Of(node.Folder?.SpecialUse ?? SpecialUse.None));
        session.Writer.Write("* LIST ("u8);
        session.Writer.WriteAscii(attributes.ToString());
        session.Writer.Write(") \"/\" "u8);
        session.Writer.WriteMailbox(node.Name);
        session.WriteLine(isAbove ? " (\"CHILDINFO\" (\"SUBSCRIBED\"))" : "");
    }

    private static void Add(StringBuilder attributes, bool applies, string? name)
    {
        if (applies)
        {
            attributes.Append(attributes.Length > 0 ? " " : "").Append(name);
        }
    }

    private static bool ReadPatterns(ref ImapReader reader, string reference, List<ListPattern?> patterns)
    {
        if (!reader.TryTake((byte)'('))
        {
            return ReadPattern(ref reader, reference, patterns);
        }

        do
        {
            if (!ReadPattern(ref reader, reference, patterns))
            {
                return false;
            }
        }
        while (reader.TryTake((byte)' '));
        return reader.Expect((byte)')');
    }

    private static bool ReadPattern(ref ImapReader reader, string reference, List<ListPattern?> patterns)
    {
        if (!reader.ReadListPattern(out ReadOnlySpan<byte> octets))
        {
            return false;
        }

        if (!MailboxName.TryDecode(octets, out string text))
        {
            return reader.Fail("the mailbox pattern is not modified UTF-7");
        }

        if (patterns.Count >= MaximumPatterns || text.Length + reference.Length > Folder.MaximumNameLength)
        {
            return reader.Fail("these are too many patterns or too long ones");
        }

        patterns.Add(text.Length == 0 ? null : new ListPattern(reference + text));
        return true;
    }

    private static bool ReadSelection(ref ImapReader reader, ref ListOptions options)
    {
        reader.Expect((byte)'(');
        while (!reader.TryTake((byte)')'))
        {
            ListOptions option =
                reader.TryTakeWord("SUBSCRIBED"u8) ? ListOptions.SelectSubscribed
                : reader.TryTakeWord("RECURSIVEMATCH"u8) ? ListOptions.RecursiveMatch
                : reader.TryTakeWord("SPECIAL-USE"u8) ? ListOptions.SelectSpecialUse
                : ListOptions.None;
            if (option == ListOptions.None && !reader.TryTakeWord("REMOTE"u8))
            {
                return reader.Fail("a selection option is expected");
            }

            options |= option;
            reader.TryTake((byte)' ');
        }

        return !options.HasFlag(ListOptions.RecursiveMatch) || options.HasFlag(ListOptions.SelectSubscribed)
            || reader.Fail("RECURSIVEMATCH needs SUBSCRIBED");
    }

    private static bool ReadReturn(ref ImapReader reader, ref ListOptions options, ref StatusItems status, ref MetadataRequest? metadata)
    {
        if (!reader.TryTakeWord("RETURN"u8) || !reader.TryTake((byte)' ') || !reader.TryTake((byte)'('))
        {
            return reader.Fail("RETURN (…) is expected");
        }

        while (!reader.TryTake((byte)')'))
        {
            ListOptions option =
                reader.TryTakeWord("SUBSCRIBED"u8) ? ListOptions.ReturnSubscribed
                : reader.TryTakeWord("CHILDREN"u8) ? ListOptions.ReturnChildren
                : reader.TryTakeWord("SPECIAL-USE"u8) ? ListOptions.ReturnSpecialUse
                : ListOptions.None;
            if (option == ListOptions.None && !ReadReturnItems(ref reader, ref status, ref metadata))
            {
                return false;
            }

            options |= option;
            reader.TryTake((byte)' ');
        }

        return true;
    }

    private static bool ReadReturnItems(ref ImapReader reader, ref StatusItems status, ref MetadataRequest? metadata)
    {
        if (reader.TryTakeWord("STATUS"u8))
        {
            return reader.ExpectSpace() && Imap.Status.ReadItems(ref reader, out status);
        }

        if (!reader.TryTakeWord("METADATA"u8))
        {
            return reader.Fail("a return option is expected");
        }

        MetadataRequest request = MetadataRequest.None;
        if (!reader.ExpectSpace()
            || (MetadataRequest.AreOptionsNext(reader) && (!MetadataRequest.ReadOptions(ref reader, ref request) || !reader.ExpectSpace()))
            || !MetadataRequest.ReadEntries(ref reader, ref request))
        {
            return false;
        }

        metadata = request;
        return true;
    }
}
