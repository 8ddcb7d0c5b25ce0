using System.Collections.Immutable;

namespace PluginMail.Filters.Evaluation;

/// <summary>Which way a message goes, seen from the mailbox whose script runs.</summary>
public enum MailDirection
{
    /// <summary>It comes in.</summary>
    Incoming,

    /// <summary>The mailbox's owner is sending it.</summary>
    Outgoing,
}

/// <summary>What the transaction says about a message for one recipient.</summary>
public sealed record FilterEnvelope
{
    /// <summary>The reverse-path; "" is the null one, null means that there was no transaction.</summary>
    public string? From { get; init; }

    /// <summary>The recipient that this delivery is for, or null.</summary>
    public string? To { get; init; }

    /// <summary>The recipient before aliases, or null.</summary>
    public string? OriginalTo { get; init; }

    /// <summary>The login that sent it, or null.</summary>
    public string? AuthenticatedAs { get; init; }

    /// <summary>Which way it goes.</summary>
    public MailDirection Direction { get; init; }

    /// <summary>The addresses of the mailbox's owner.</summary>
    public ImmutableArray<string> OwnerAddresses { get; init; } = [];
}
