using System.Collections.Immutable;
using PluginMail.Filters.Checking;

namespace PluginMail.Filters.Evaluation;

/// <summary>What the tags of fileinto, keep and :fcc say about the folder and the copy in it (RFC 5232, 5490, 8579, 9042).</summary>
internal sealed class FilingTags(BoundWord word)
{
    private readonly ImmutableArray<StringExpression> _flags = word.TextsOf("flags");
    private readonly StringExpression? _specialUse = word.TextOf("specialuse");
    private readonly StringExpression? _mailboxId = word.TextOf("mailboxid");
    private readonly bool _hasFlags = word.Has("flags");
    private readonly bool _creates = word.Has("create");

    /// <summary>The flags of the copy: those of :flags, or those of the internal variable.</summary>
    public ImmutableArray<string> Flags(FilterRun run) => _hasFlags ? FlagSet.Parse(_flags.Select(flags => flags.Text(run))) : run.Flags;

    /// <summary>A filing with all that the tags say.</summary>
    public FilterEffect.FileInto Apply(FilterRun run, string folder) => new(folder)
    {
        Flags = Flags(run),
        Creates = _creates,
        SpecialUse = _specialUse?.Text(run),
        MailboxId = _mailboxId?.Text(run),
    };
}
