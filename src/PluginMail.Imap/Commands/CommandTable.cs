using System.Collections.Frozen;
using System.Text;

namespace PluginMail.Imap;

/// <summary>All verbs: the states they are legal in, their parsers, their handlers.</summary>
internal static class CommandTable
{
    private static readonly Verb[] Rows =
    [
        // Any state (RFC 3501 section 6.1, RFC 2971)
        new Verb<Capability>("CAPABILITY", SessionStates.Any, true, Capability.Parse, Capability.HandleAsync),
        new Verb<Noop>("NOOP", SessionStates.Any, true, Noop.Parse, Noop.HandleAsync),
        new Verb<Logout>("LOGOUT", SessionStates.Any, false, Logout.Parse, Logout.HandleAsync),
        new Verb<Id>("ID", SessionStates.Any, true, Id.Parse, Id.HandleAsync),

        // Before login (section 6.2)
        new Verb<StartTls>("STARTTLS", SessionStates.NotAuthenticated, false, StartTls.Parse, StartTls.HandleAsync),
        new Verb<Authenticate>("AUTHENTICATE", SessionStates.NotAuthenticated, false, Authenticate.Parse, Authenticate.HandleAsync),
        new Verb<Login>("LOGIN", SessionStates.NotAuthenticated, false, Login.Parse, Login.HandleAsync),

        // After login (section 6.3, RFC 2177, 2342, 3691, 5161, 5464, 9208)
        new Verb<Enable>("ENABLE", SessionStates.SignedIn, true, Enable.Parse, Enable.HandleAsync),
        new Verb<Select>("SELECT", SessionStates.SignedIn, false, Select.Parse, Select.HandleAsync),
        new Verb<Select>("EXAMINE", SessionStates.SignedIn, false, Select.ParseExamine, Select.HandleAsync),
        new Verb<Create>("CREATE", SessionStates.SignedIn, true, Create.Parse, Create.HandleAsync),
        new Verb<Delete>("DELETE", SessionStates.SignedIn, true, Delete.Parse, Delete.HandleAsync),
        new Verb<Rename>("RENAME", SessionStates.SignedIn, true, Rename.Parse, Rename.HandleAsync),
        new Verb<Subscribe>("SUBSCRIBE", SessionStates.SignedIn, true, Subscribe.Parse, Subscribe.HandleAsync),
        new Verb<Subscribe>("UNSUBSCRIBE", SessionStates.SignedIn, true, Subscribe.ParseUnsubscribe, Subscribe.HandleAsync),
        new Verb<ListMailboxes>("LIST", SessionStates.SignedIn, true, ListMailboxes.Parse, ListMailboxes.HandleAsync),
        new Verb<Lsub>("LSUB", SessionStates.SignedIn, true, Lsub.Parse, Lsub.HandleAsync),
        new Verb<Namespace>("NAMESPACE", SessionStates.SignedIn, true, Namespace.Parse, Namespace.HandleAsync),
        new Verb<Status>("STATUS", SessionStates.SignedIn, true, Status.Parse, Status.HandleAsync),
        new Verb<Append>("APPEND", SessionStates.SignedIn, true, Append.Parse, Append.HandleAsync),
        new Verb<Idle>("IDLE", SessionStates.SignedIn, true, Idle.Parse, Idle.HandleAsync),
        new Verb<GetQuota>("GETQUOTA", SessionStates.SignedIn, true, GetQuota.Parse, GetQuota.HandleAsync),
        new Verb<GetQuotaRoot>("GETQUOTAROOT", SessionStates.SignedIn, true, GetQuotaRoot.Parse, GetQuotaRoot.HandleAsync),
        new Verb<GetMetadata>("GETMETADATA", SessionStates.SignedIn, true, GetMetadata.Parse, GetMetadata.HandleAsync),
        new Verb<SetMetadata>("SETMETADATA", SessionStates.SignedIn, true, SetMetadata.Parse, SetMetadata.HandleAsync),

        // A mailbox is selected (section 6.4, RFC 4315, 6851)
        new Verb<Check>("CHECK", SessionStates.Selected, true, Check.Parse, Check.HandleAsync),
        new Verb<Close>("CLOSE", SessionStates.Selected, false, Close.Parse, Close.HandleAsync),
        new Verb<Close>("UNSELECT", SessionStates.Selected, false, Close.ParseUnselect, Close.HandleAsync),
        new Verb<Expunge>("EXPUNGE", SessionStates.Selected, true, Expunge.Parse, Expunge.HandleAsync),
        new Verb<Expunge>("UID EXPUNGE", SessionStates.Selected, true, Expunge.ParseUid, Expunge.HandleAsync),
        new Verb<Search>("SEARCH", SessionStates.Selected, false, Search.Parse, Search.HandleAsync),
        new Verb<Search>("UID SEARCH", SessionStates.Selected, true, Search.ParseUid, Search.HandleAsync),
        new Verb<Fetch>("FETCH", SessionStates.Selected, false, Fetch.Parse, Fetch.HandleAsync),
        new Verb<Fetch>("UID FETCH", SessionStates.Selected, true, Fetch.ParseUid, Fetch.HandleAsync),
        new Verb<Store>("STORE", SessionStates.Selected, false, Store.Parse, Store.HandleAsync),
        new Verb<Store>("UID STORE", SessionStates.Selected, true, Store.ParseUid, Store.HandleAsync),
        new Verb<Copy>("COPY", SessionStates.Selected, true, Copy.Parse, Copy.HandleAsync),
        new Verb<Copy>("UID COPY", SessionStates.Selected, true, Copy.ParseUid, Copy.HandleAsync),
        new Verb<Copy>("MOVE", SessionStates.Selected, true, Copy.ParseMove, Copy.HandleAsync),
        new Verb<Copy>("UID MOVE", SessionStates.Selected, true, Copy.ParseUidMove, Copy.HandleAsync),
    ];

    private static readonly FrozenDictionary<string, Verb> ByName = Rows.ToFrozenDictionary(row => row.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The rows, for documentation and tests.</summary>
    public static IReadOnlyList<Verb> All => Rows;

    /// <summary>Reads a command.</summary>
    /// <param name="octets">The command without its last line end.</param>
    /// <param name="state">The session's state.</param>
    public static Invocation Parse(ReadOnlySpan<byte> octets, SessionStates state)
    {
        var reader = new ImapReader(octets);
        if (!reader.ReadTag(out ReadOnlySpan<byte> tagOctets))
        {
            return new Invocation("*", null, null, Completion.Bad(reader.Error!));
        }

        string tag = Encoding.ASCII.GetString(tagOctets);
        if (!reader.ExpectSpace() || !ReadVerb(ref reader, out string name))
        {
            return new Invocation(tag, null, null, Completion.Bad(reader.Error!));
        }

        if (!ByName.TryGetValue(name, out Verb? verb))
        {
            return new Invocation(tag, null, null, Completion.Bad("This command is unknown"));
        }

        if ((verb.LegalIn & state) == 0)
        {
            return new Invocation(tag, null, null, Completion.Bad(WhyNot(verb, state)));
        }

        ImapCommand? command = verb.Parse(ref reader);
        return new Invocation(tag, verb, command, command is null ? Completion.Bad($"{verb.Name}: {reader.Error}") : null);
    }

    private static bool ReadVerb(ref ImapReader reader, out string name)
    {
        name = "";
        if (!reader.ReadAtom(out ReadOnlySpan<byte> verb))
        {
            return false;
        }

        name = Encoding.ASCII.GetString(verb);
        if (!name.Equals("UID", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (!reader.ExpectSpace() || !reader.ReadAtom(out ReadOnlySpan<byte> family))
        {
            return false;
        }

        name = "UID " + Encoding.ASCII.GetString(family);
        return true;
    }

    private static string WhyNot(Verb verb, SessionStates state) => (verb.LegalIn, state) switch
    {
        (SessionStates.NotAuthenticated, _) => $"{verb.Name} is for before login",
        (_, SessionStates.NotAuthenticated) => "Log in first",
        _ => "Select a mailbox first",
    };
}
