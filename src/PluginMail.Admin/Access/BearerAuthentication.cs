using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PluginMail.Admin;

/// <summary>Lets requests through that bring a token (RFC 6750 section 2.1) which may do what they ask for.</summary>
internal sealed class BearerAuthentication(RequestDelegate next, ApiTokens tokens, MetricsAccess metrics, ILoggerFactory loggers)
{
    private const string Scheme = "Bearer ";
    private readonly ILogger _log = loggers.CreateLogger(AdminLog.Category);
    private readonly ILogger _logins = loggers.CreateLogger(AdminLog.LoginCategory);

    public async Task InvokeAsync(HttpContext context)
    {
        string given = context.Request.Headers.Authorization.ToString();
        ApiToken? token = given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? tokens.Find(given[Scheme.Length..].Trim()) : null;
        if (given.Length == 0 && metrics.IsOpenOnLoopback() && MetricsEndpoint.IsLocalReading(context))
        {
            await next(context);
            return;
        }

        if (token is null)
        {
            if (given.Length > 0)
            {
                AdminLog.LoginFailed(_logins, context.Connection.RemoteIpAddress, context.Request.IsHttps ? "yes" : "no", context.Connection.Id);
            }

            context.Response.Headers.WWWAuthenticate = given.Length > 0 ? "Bearer error=\"invalid_token\"" : "Bearer";
            await Problems.WriteAsync(context, StatusCodes.Status401Unauthorized, "A token is needed: Authorization: Bearer TOKEN");
            return;
        }

        bool changes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        ApiScope needed = changes ? ApiScope.Write : MetricsEndpoint.IsReading(context.Request) ? ApiScope.Metrics : ApiScope.Read;
        if (token.Scope < needed)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\"";
            await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, $"The token {token.Name} may only read{(token.Scope == ApiScope.Metrics ? " metrics" : "")}");
            return;
        }

        await next(context);
        if (changes)
        {
            AdminLog.Changed(_log, token.Name, context.Request.Method, context.Request.Path, context.Response.StatusCode, context.Connection.RemoteIpAddress);
        }
    }
}
