namespace PluginMail.Imap;

/// <summary>The states of a session (RFC 3501 section 3), as a set.</summary>
[Flags]
internal enum SessionStates
{
    /// <summary>Before login.</summary>
    NotAuthenticated = 1,

    /// <summary>After login, no mailbox selected.</summary>
    Authenticated = 2,

    /// <summary>A mailbox is selected.</summary>
    Selected = 4,

    /// <summary>After login.</summary>
    SignedIn = Authenticated | Selected,

    /// <summary>All.</summary>
    Any = NotAuthenticated | Authenticated | Selected,
}
