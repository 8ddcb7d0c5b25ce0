using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage;

/// <summary>An address whose mail goes to its members, as mail of the list: with its fields, and with reports to its owner.</summary>
/// <param name="Address">Local part and domain in lower case.</param>
/// <param name="Members">Addresses here or elsewhere; may be none.</param>
public sealed record DistributionList(EmailAddress Address, ImmutableArray<EmailAddress> Members)
{
    /// <summary>The most members.</summary>
    public const int MaximumMembers = 5000;

    /// <summary>The most named senders.</summary>
    public const int MaximumSenders = 1000;

    /// <summary>A display name, for List-Id; empty where none was given.</summary>
    public string Name { get; init; } = "";

    /// <summary>Who may send to it.</summary>
    public ListPosting Posting { get; init; } = ListPosting.Members;

    /// <summary>Who else may send to it, whatever <see cref="Posting"/> says.</summary>
    public ImmutableArray<EmailAddress> Senders { get; init; } = [];

    /// <summary>Who gets reports and mail to <c>list-owner@</c>; null: the domain's postmaster.</summary>
    public EmailAddress? Owner { get; init; }

    /// <summary>Whether answers go to the list (Reply-To), instead of to the sender.</summary>
    public bool RepliesGoToList { get; init; }
}

/// <summary>Who may send to a list.</summary>
public enum ListPosting
{
    /// <summary>Its members.</summary>
    Members,

    /// <summary>Anybody.</summary>
    Anyone,

    /// <summary>Who is logged in with an address of the list's domain.</summary>
    Domain,

    /// <summary>The named senders alone.</summary>
    Named,
}
