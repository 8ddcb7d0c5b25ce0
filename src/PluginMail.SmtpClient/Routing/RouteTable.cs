using System.Collections.Frozen;

namespace PluginMail.SmtpClient;

/// <summary>Which host a domain's mail is handed to. Immutable.</summary>
public sealed class RouteTable
{
    private readonly FrozenDictionary<string, RelayRoute?> _routes;
    private readonly RelayRoute? _default;

    /// <summary>Makes a table.</summary>
    /// <param name="routes">Routes of single domains; of two for one domain the first counts.</param>
    /// <param name="defaultRelay">Where all other domains go; null: to their mail exchangers.</param>
    public RouteTable(IEnumerable<DomainRoute> routes, RelayRoute? defaultRelay)
    {
        _routes = routes.DistinctBy(route => route.Domain, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(route => route.Domain, route => route.Relay, StringComparer.OrdinalIgnoreCase);
        _default = defaultRelay;
    }

    /// <summary>A table without routes.</summary>
    public static RouteTable Empty { get; } = new([], null);

    /// <summary>Finds a domain's route: its own, else that of the nearest domain above whose subdomains have one, else the default relay.</summary>
    /// <param name="domain">A domain as A-labels, or an address literal.</param>
    /// <returns>Null where the domain's mail exchangers are asked.</returns>
    public RelayRoute? Find(string domain)
    {
        if (_routes.TryGetValue(domain, out RelayRoute? route))
        {
            return route;
        }

        if (_routes.Count > 0)
        {
            for (int dot = domain.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.IndexOf('.', dot + 1))
            {
                if (_routes.TryGetValue(domain[dot..], out route))
                {
                    return route;
                }
            }
        }

        return _default;
    }
}

/// <summary>The route of a domain.</summary>
/// <param name="Domain">The domain as A-labels; with a dot in front all its subdomains, and not itself.</param>
/// <param name="Relay">The host; null: its mail exchangers, whatever the default relay is.</param>
public sealed record DomainRoute(string Domain, RelayRoute? Relay);
