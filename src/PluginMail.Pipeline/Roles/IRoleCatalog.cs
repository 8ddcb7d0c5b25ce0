using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Where the pipeline finds the roles that run. PluginMail.Plugins implements it.</summary>
public interface IRoleCatalog
{
    /// <summary>The roles as they stand. Take it once a transaction: a reload makes a new one.</summary>
    RoleSet Current { get; }
}

/// <summary>All registered roles, each list in mail.toml's order.</summary>
public sealed record RoleSet
{
    /// <summary>No roles at all.</summary>
    public static readonly RoleSet Empty = new();

    /// <summary>Checks of sessions.</summary>
    public ImmutableArray<SessionRole> SessionChecks { get; init; } = [];

    /// <summary>Checks of messages, which run side by side.</summary>
    public ImmutableArray<Role<IMessageView, Verdict>> MessageChecks { get; init; } = [];

    /// <summary>Editors, which run one after another.</summary>
    public ImmutableArray<Role<IMessageView, Verdict>> MessageEditors { get; init; } = [];

    /// <summary>Editors of what leaves this server.</summary>
    public ImmutableArray<Role<IMessageView, Verdict>> OutboundEditors { get; init; } = [];

    /// <summary>Further sources of logins.</summary>
    public ImmutableArray<Role<LoginQuestion, AuthenticationAnswer>> Authenticators { get; init; } = [];

    /// <summary>Further sources of addresses.</summary>
    public ImmutableArray<Role<EmailAddress, ImmutableArray<EmailAddress>>> Directories { get; init; } = [];

    /// <summary>Observers of mailboxes.</summary>
    public ImmutableArray<Role<MailboxChange, bool>> MailboxObservers { get; init; } = [];

    /// <summary>Words for the filter language, with the plugin that gives each.</summary>
    public ImmutableArray<(string Plugin, IFilterVocabulary Vocabulary)> FilterVocabularies { get; init; } = [];
}

/// <summary>The question an authenticator gets. Its text form does not show the password.</summary>
/// <param name="Login">The account's full address.</param>
/// <param name="Password">The password.</param>
/// <param name="Session">The session.</param>
public sealed record LoginQuestion(EmailAddress Login, string Password, ISessionView Session)
{
    /// <summary>The question without the password.</summary>
    /// <returns>As <c>login of u@example.test</c>.</returns>
    public override string ToString() => $"login of {Login}";
}
