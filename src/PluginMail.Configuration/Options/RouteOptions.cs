namespace PluginMail.Configuration.Options;

/// <summary>One table <c>[[routes]]</c>: where the mail of a domain goes.</summary>
/// <param name="Domain"><c>domain</c>: a domain, or with a dot in front all its subdomains.</param>
/// <param name="Host"><c>host</c> with its further keys; null (empty) for the domain's mail exchangers, whatever the smarthost is.</param>
public sealed record RouteOptions(string Domain, RelayHost? Host)
{
    internal static IReadOnlyList<RouteOptions> ReadAll(OptionsReader reader)
    {
        var routes = new List<RouteOptions>();
        foreach (var table in reader.Root.GetTables("routes"))
        {
            string domain = table.GetString("domain", "");
            RelayHost? host = RelayHost.Read(reader, table, "host", "", RelayTls.Opportunistic);
            if (!DomainSyntax.IsDomain(domain.StartsWith('.') ? domain[1..] : domain))
            {
                table.Reject("domain", "a domain like \"example.org\", or \".example.org\" for all below it");
            }
            else if (routes.Exists(route => route.Domain.Equals(domain, StringComparison.OrdinalIgnoreCase)))
            {
                table.Reject("domain", "a domain that has no route yet");
            }
            else
            {
                routes.Add(new RouteOptions(domain.ToLowerInvariant(), host));
            }
        }

        return routes;
    }
}
