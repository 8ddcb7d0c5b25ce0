using PluginMail.Abstractions;

namespace PluginMail.Rspamd;

/// <summary>What an action of Rspamd leads to.</summary>
internal enum Obedience
{
    /// <summary>What Rspamd says is done.</summary>
    Obey,

    /// <summary>Only the points count.</summary>
    Score,
}

/// <summary>Which of Rspamd's actions are obeyed.</summary>
internal sealed record Actions(Obedience Reject, Obedience SoftReject, Obedience Greylist, Obedience AddHeader, Obedience RewriteSubject)
{
    /// <summary>Reads the table <c>actions</c>.</summary>
    public static Actions Read(ISettings settings) => new(
        settings.GetEnum("reject", Obedience.Obey),
        settings.GetEnum("soft_reject", Obedience.Obey),
        settings.GetEnum("greylist", Obedience.Score),
        settings.GetEnum("add_header", Obedience.Obey),
        settings.GetEnum("rewrite_subject", Obedience.Obey));

    /// <summary>Whether an action of this name, as Rspamd writes it, is obeyed.</summary>
    public bool Obeys(string action) => Obedience.Obey == action switch
    {
        "reject" or "discard" or "quarantine" => Reject,
        "soft reject" => SoftReject,
        "greylist" => Greylist,
        "add header" => AddHeader,
        "rewrite subject" => RewriteSubject,
        _ => Obedience.Score,
    };
}
