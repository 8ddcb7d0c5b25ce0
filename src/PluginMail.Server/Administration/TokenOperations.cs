using System.Globalization;
using PluginMail.Admin;

namespace PluginMail.Server;

/// <summary>Tokens of the HTTP API: add, list, remove.</summary>
internal static class TokenOperations
{
    private const int MostDays = 3650;

    public static IReadOnlyDictionary<string, AdminOperation> All { get; } = new Dictionary<string, AdminOperation>
    {
        ["token add"] = (services, request, _) => Task.FromResult(Add(services, request)),
        ["token list"] = (services, _, _) => Task.FromResult(List(services)),
        ["token remove"] = (services, request, _) => Task.FromResult(Remove(services, request)),
    };

    private static AdminResponse Add(AdminServices services, AdminRequest request)
    {
        string name = request["name"];
        if (!ApiTokens.IsName(name))
        {
            throw new AdminArgumentException($"'{name}' is not a name of letters, digits, hyphens, dots and underscores, at most 64");
        }

        int? days = request.FindNumber("days");
        if (days is < 1 or > MostDays)
        {
            throw new AdminArgumentException($"days is a number from 1 to {MostDays}");
        }

        ApiScope scope = request.FindSwitch("metrics") == true ? ApiScope.Metrics
            : request.FindSwitch("read only") == true ? ApiScope.Read
            : ApiScope.Write;
        return services.Core.Tokens.Add(name, scope, days is { } number ? TimeSpan.FromDays(number) : null) is { } secret
            ? new AdminResponse(0, "This is the token; it is not shown again:", Text: secret)
            : AdminResponse.Failed($"there is a token {name} already, or there are {ApiTokens.MaximumCount}");
    }

    private static AdminResponse List(AdminServices services) => new(0, Table: new AdminTable(
        ["name", "scope", "created", "expires"],
        [
            .. services.Core.Tokens.All.Select(token => (IReadOnlyList<string>)
                [token.Name, Words(token.Scope), Day(token.Created), token.Expires is { } end ? Day(end) : "never"]),
        ]));

    private static AdminResponse Remove(AdminServices services, AdminRequest request) => services.Core.Tokens.Remove(request["name"])
        ? AdminResponse.Done($"token {request["name"]} ended")
        : AdminResponse.Failed($"there is no token {request["name"]}");

    private static string Words(ApiScope scope) => scope switch
    {
        ApiScope.Metrics => "metrics",
        ApiScope.Read => "read",
        _ => "read and change",
    };

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
