using System.Collections.Immutable;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Configuration.Toml;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>Writes domains, accounts, aliases and lists as TOML. What has its default is left out.</summary>
internal sealed class DirectoryFileWriter
{
    private readonly StringBuilder _text = new();

    private DirectoryFileWriter()
    {
    }

    /// <summary>Writes a file.</summary>
    public static string Write(DirectoryFile file)
    {
        var writer = new DirectoryFileWriter();
        foreach (Domain domain in file.Domains)
        {
            writer.Write(domain);
        }

        foreach (AccountEntry account in file.Accounts)
        {
            writer.Write(account);
        }

        foreach (AddressAlias alias in file.Aliases)
        {
            writer.Begin("aliases", "address", alias.Address.ToString());
            writer.Add("targets", alias.Targets);
        }

        foreach (DistributionList list in file.Lists)
        {
            writer.Write(list);
        }

        return writer._text.ToString();
    }

    private void Write(Domain domain)
    {
        DomainPolicy policy = domain.Policy;
        Begin("domains", "name", domain.Name);
        Add("catch_all", policy.CatchAll?.ToString(), null);
        Add("alias_of", policy.AliasOf, null);
        Add("relay", AdminArguments.Word(policy.Relay), AdminArguments.Word(DomainRelay.None));
        Add("subaddress", policy.SubaddressSeparator, DomainPolicy.Default.SubaddressSeparator);
        Add("quota", policy.DefaultQuotaOctets is { } quota ? SizeText.Write(quota) : null, null);
        Add("message_size", SizeText.Write(policy.MaximumMessageSize), "0");
        Add("accounts", policy.MaximumAccounts, 0);
    }

    private void Write(AccountEntry account)
    {
        Begin("accounts", "address", account.Address.ToString());
        Add("name", account.Name, "");
        Add("quota", SizeText.Write(account.QuotaOctets ?? 0), null);
        Add("verifier", account.Verifier?.Encode(), null);
        Add("forward", account.Policy.Forwarding);
        Add("keep_copy", account.Policy.KeepsCopy, true);
        Add("disabled", account.Policy.IsDisabled, false);
        Add("recipients_per_hour", account.Policy.RecipientsPerHour, 0);
    }

    private void Write(DistributionList list)
    {
        Begin("lists", "address", list.Address.ToString());
        Add("name", list.Name, "");
        Add("posting", AdminArguments.Word(list.Posting), AdminArguments.Word(ListPosting.Members));
        Add("senders", list.Senders);
        Add("owner", list.Owner?.ToString(), null);
        Add("replies_to_list", list.RepliesGoToList, false);
        Add("members", list.Members);
    }

    private void Begin(string table, string key, string value)
    {
        _text.Append(_text.Length == 0 ? "" : "\n").Append("[[").Append(table).Append("]]\n");
        Add(key, value, null);
    }

    private void Add(string key, ImmutableArray<EmailAddress> addresses)
    {
        if (!addresses.IsEmpty)
        {
            _text.Append(key).Append(" = ").Append(TomlLiteral.Value(addresses.Select(address => address.ToString()))).Append('\n');
        }
    }

    private void Add(string key, object? value, object? unless)
    {
        if (value is not null && !value.Equals(unless))
        {
            _text.Append(key).Append(" = ").Append(TomlLiteral.Value(value)).Append('\n');
        }
    }
}
