using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Addresses;
using PluginMail.Dlp.Rules;
using PluginMail.Dlp.Text;

namespace PluginMail.Dlp;

/// <summary>What becomes of a message with something that cannot be read.</summary>
internal enum Unreadable
{
    /// <summary>It passes.</summary>
    Pass,

    /// <summary>It passes with the tag <c>dlp-unreadable</c>.</summary>
    Tag,

    /// <summary>It waits for a person's decision.</summary>
    Hold,

    /// <summary>It is refused.</summary>
    Refuse,
}

/// <summary>The plugin's table.</summary>
internal sealed record DlpOptions(
    bool Internal,
    ImmutableHashSet<string> InternalDomains,
    AddressPatterns ExemptSenders,
    AddressPatterns ExemptRecipients,
    Unreadable Unreadable,
    ImmutableArray<EmailAddress> Notify,
    string NotifyFrom,
    TimeSpan Rescan,
    int CommonDocuments,
    TextLimits MailLimits,
    TextLimits DocumentLimits,
    CollectionSettings Registered,
    ImmutableArray<CollectionSettings> Collections,
    ImmutableArray<PatternRule> Patterns,
    ImmutableArray<DictionaryRule> Dictionaries)
{
    private const long LeastSize = 1 << 10;
    private const long MostSize = 1 << 30;

    /// <summary>Reads the table; what is wrong in it is gathered there.</summary>
    public static DlpOptions Read(ISettings settings)
    {
        var registered = CollectionSettings.Read(settings, null);
        var collections = settings.GetTables("collections").Select(table => CollectionSettings.Read(table, registered)).ToImmutableArray();
        if (collections.Select(collection => collection.Rule.Name).Distinct(StringComparer.Ordinal).Count() != collections.Length)
        {
            settings.Reject("collections", "collections of different names");
        }

        var mail = ReadLimits(settings);
        var options = new DlpOptions(
            settings.GetBoolean("internal", defaultValue: false),
            ReadDomains(settings),
            AddressPatterns.Read(settings, "exempt_senders", []),
            AddressPatterns.Read(settings, "exempt_recipients", []),
            settings.GetEnum("unreadable", Unreadable.Tag),
            ReadAddresses(settings, "notify"),
            ReadFrom(settings),
            settings.GetDuration("rescan", TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            (int)settings.GetInteger("common_documents", defaultValue: 50, minimum: 1, maximum: Fingerprints.FingerprintIndex.MostPerHash - 1),
            mail,
            mail with
            {
                MaximumSize = settings.GetSize("maximum_document", 256 << 20, LeastSize, MostSize),
                MaximumText = 512 << 20,
                MaximumInflated = 1 << 30,
                Time = TimeSpan.FromMinutes(5),
            },
            registered,
            collections,
            [.. settings.GetTables("patterns").Select(PatternRule.Read)],
            [.. settings.GetTables("dictionaries").Select(DictionaryRule.Read)]);
        if (options.Notify.IsEmpty && options.Rules.FirstOrDefault(rule => rule.Action == RuleAction.Notify) is { } silent)
        {
            settings.Reject("notify", $"addresses: the action of {silent.Name} is to notify");
        }

        return options;
    }

    private IEnumerable<RuleSettings> Rules =>
    [
        Registered.Rule,
        .. Collections.Select(collection => collection.Rule),
        .. Patterns.Select(pattern => pattern.Rule),
        .. Dictionaries.Select(dictionary => dictionary.Rule),
    ];

    /// <summary>The settings of a collection; those of the plugin's own table for one that only a command has named.</summary>
    public CollectionSettings Collection(string name) =>
        Collections.FirstOrDefault(collection => collection.Rule.Name == name)
        ?? Registered with { Rule = Registered.Rule with { Name = name } };

    private static TextLimits ReadLimits(ISettings settings) => new(
        settings.GetSize("maximum_attachment", 32 << 20, LeastSize, MostSize),
        settings.GetSize("maximum_text", 8 << 20, LeastSize, MostSize),
        settings.GetSize("maximum_inflated", 64 << 20, LeastSize, MostSize),
        (int)settings.GetInteger("maximum_files", defaultValue: 1000, minimum: 1, maximum: 100_000),
        (int)settings.GetInteger("maximum_depth", defaultValue: 3, minimum: 1, maximum: 10),
        settings.GetDuration("maximum_time", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)));

    private static ImmutableHashSet<string> ReadDomains(ISettings settings)
    {
        var domains = settings.GetStrings("internal_domains", []);
        if (!domains.All(domain => EmailAddress.IsDomain(domain)))
        {
            settings.Reject("internal_domains", "domains like \"example.org\"");
        }

        return domains.ToImmutableHashSet(StringComparer.OrdinalIgnoreCase);
    }

    private static ImmutableArray<EmailAddress> ReadAddresses(ISettings settings, string key)
    {
        var addresses = ImmutableArray.CreateBuilder<EmailAddress>();
        foreach (string text in settings.GetStrings(key, []))
        {
            if (EmailAddress.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                settings.Reject(key, "addresses like \"officer@example.org\"");
            }
        }

        return addresses.ToImmutable();
    }

    private static string ReadFrom(ISettings settings)
    {
        string text = settings.GetString("notify_from", "");
        if (text.Length > 0 && !EmailAddress.TryParse(text, out _))
        {
            settings.Reject("notify_from", "an address like \"postmaster@example.org\"");
        }

        return text;
    }
}
