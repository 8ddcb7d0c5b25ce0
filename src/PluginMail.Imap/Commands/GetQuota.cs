using PluginMail.Storage;

namespace PluginMail.Imap;

/// <summary>GETQUOTA (RFC 9208 section 4.2.1). There is one root, the empty name.</summary>
/// <param name="Root">The root.</param>
internal sealed record GetQuota(string Root) : ImapCommand
{
    private const long UnitOctets = 1024;

    /// <summary>Takes a quota root.</summary>
    public static GetQuota? Parse(ref ImapReader reader) =>
        reader.ExpectSpace() && reader.ReadAString(out string root) ? new GetQuota(root) : null;

    /// <summary>Tells the root's use and limit.</summary>
    public static async ValueTask<Completion> HandleAsync(ImapSession session, GetQuota command, CancellationToken cancellationToken)
    {
        if (command.Root.Length > 0)
        {
            return Completion.No("[NONEXISTENT] There is no such quota root");
        }

        await TellAsync(session, cancellationToken);
        return Completion.Ok("Quota told");
    }

    /// <summary>Writes the QUOTA response; without a limit its list is empty.</summary>
    public static async ValueTask TellAsync(ImapSession session, CancellationToken cancellationToken)
    {
        IDirectoryStore directory = session.Services.Store.Directory;
        AccountUsage usage = await directory.GetUsageAsync(session.Owner.Id, cancellationToken);
        Account owner = await directory.FindAccountAsync(session.Owner.Address, cancellationToken) ?? session.Owner; // it may have changed since the login
        long limit = owner.QuotaOctets;
        session.WriteLine(limit == 0
            ? "* QUOTA \"\" ()"
            : $"* QUOTA \"\" (STORAGE {(usage.Octets + UnitOctets - 1) / UnitOctets} {limit / UnitOctets})");
    }
}
