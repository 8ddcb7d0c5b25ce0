using System.Collections.Immutable;
using PluginMail.Abstractions;
using PluginMail.Configuration.Settings;
using PluginMail.Configuration.Toml;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Reads domains, accounts, aliases and lists from TOML; what is wrong is said with its line.</summary>
internal sealed class DirectoryFileReader
{
    private readonly TomlSettings _root;

    private DirectoryFileReader(TomlSettings root) => _root = root;

    /// <summary>Reads a file.</summary>
    /// <param name="utf8">Its content.</param>
    /// <param name="path">Its name, for what is said of it.</param>
    /// <returns>The file, or null and what is wrong with it, a line or more each.</returns>
    public static (DirectoryFile? File, IReadOnlyList<string> Problems) Read(ReadOnlySpan<byte> utf8, string path)
    {
        var document = TomlDocument.Parse(utf8);
        if (document.Errors.Count > 0)
        {
            return (null, [.. document.Errors.Select(error => $"{path}:{error.Position}: {error.Message}")]);
        }

        var report = new SettingsReport(path);
        var root = new TomlSettings(document.Root, report);
        DirectoryFile file = new DirectoryFileReader(root).ReadAll();
        root.ReportUnknownKeys();
        return report.HasErrors ? (null, [.. report.Findings.Select(finding => finding.ToString())]) : (file, []);
    }

    private DirectoryFile ReadAll() => new(
        [.. _root.GetTables("domains").Select(ReadDomain)],
        [.. _root.GetTables("accounts").Select(ReadAccount)],
        [.. _root.GetTables("aliases").Select(ReadAlias)],
        [.. _root.GetTables("lists").Select(ReadList)]);

    private static Domain ReadDomain(TomlSettings table)
    {
        string name = table.GetString("name", "");
        if (!EmailAddress.IsDomain(name) || name[0] == '[')
        {
            table.Reject("name", "a domain name");
        }

        var policy = new DomainPolicy
        {
            CatchAll = FindAddress(table, "catch_all"),
            AliasOf = table.GetString("alias_of", "") is { Length: > 0 } aliasOf ? aliasOf : null,
            Relay = table.GetEnum("relay", DomainRelay.None),
            SubaddressSeparator = table.GetString("subaddress", DomainPolicy.Default.SubaddressSeparator),
            DefaultQuotaOctets = table.Contains("quota") ? table.GetSize("quota", 0) : null,
            MaximumMessageSize = table.GetSize("message_size", 0),
            MaximumAccounts = (int)table.GetInteger("accounts", 0, 0, int.MaxValue),
        };
        try
        {
            return new Domain(name) { Policy = DomainSettings.Check(policy) };
        }
        catch (AdminArgumentException e)
        {
            table.Reject("name", $"a policy that can be: {e.Message}");
            return new Domain(name);
        }
    }

    private static AccountEntry ReadAccount(TomlSettings table)
    {
        string verifier = table.GetString("verifier", "");
        ScramVerifier? decoded = ScramVerifier.TryDecode(verifier);
        if (verifier.Length > 0 && decoded is null)
        {
            table.Reject("verifier", "what domain export wrote: SCRAM-SHA-256$iterations:salt$keys");
        }

        return new AccountEntry(
            ReadAddress(table, "address"),
            table.GetString("name", ""),
            table.Contains("quota") ? table.GetSize("quota", 0) : null,
            decoded,
            new AccountPolicy
            {
                Forwarding = ReadAddresses(table, "forward", AccountPolicy.MaximumForwarding),
                KeepsCopy = table.GetBoolean("keep_copy", defaultValue: true),
                IsDisabled = table.GetBoolean("disabled", defaultValue: false),
                RecipientsPerHour = (int)table.GetInteger("recipients_per_hour", 0, 0, int.MaxValue),
            });
    }

    private static AddressAlias ReadAlias(TomlSettings table)
    {
        var alias = new AddressAlias(ReadAddress(table, "address"), ReadAddresses(table, "targets", DistributionList.MaximumMembers));
        if (alias.Targets.IsEmpty)
        {
            table.Reject("targets", "at least one address");
        }

        return alias;
    }

    private static DistributionList ReadList(TomlSettings table) =>
        new(ReadAddress(table, "address"), ReadAddresses(table, "members", DistributionList.MaximumMembers))
        {
            Name = table.GetString("name", ""),
            Posting = table.GetEnum("posting", ListPosting.Members),
            Senders = ReadAddresses(table, "senders", DistributionList.MaximumSenders),
            Owner = FindAddress(table, "owner"),
            RepliesGoToList = table.GetBoolean("replies_to_list", defaultValue: false),
        };

    private static EmailAddress? FindAddress(TomlSettings table, string key) =>
        table.GetString(key, "").Length == 0 ? null : ReadAddress(table, key);

    private static EmailAddress ReadAddress(TomlSettings table, string key)
    {
        if (EmailAddress.TryParse(table.GetString(key, ""), out EmailAddress? address))
        {
            return address;
        }

        table.Reject(key, "an address of the form name@domain");
        return new EmailAddress("nobody", "invalid"); // the file is not used
    }

    private static ImmutableArray<EmailAddress> ReadAddresses(TomlSettings table, string key, int most)
    {
        IReadOnlyList<string> texts = table.GetStrings(key, []);
        if (texts.Count > most)
        {
            table.Reject(key, $"at most {most} addresses");
        }

        ImmutableArray<EmailAddress>.Builder addresses = ImmutableArray.CreateBuilder<EmailAddress>(texts.Count);
        for (int i = 0; i < texts.Count; i++)
        {
            if (EmailAddress.TryParse(texts[i], out EmailAddress? address))
            {
                addresses.Add(address);
            }
            else
            {
                table.RejectItem(key, i, "an address of the form name@domain");
            }
        }

        return addresses.ToImmutable();
    }
}
