using Microsoft.AspNetCore.Http;

namespace PluginMail.Admin;

/// <summary>Finds the MTA-STS policy of a domain (RFC 8461 section 3.2).</summary>
/// <param name="domain">The domain, as a client wrote it.</param>
/// <param name="cancellationToken">Gives up.</param>
/// <returns>The policy file; null where the domain is not served here, or publishes none.</returns>
public delegate ValueTask<string?> StsPolicyOf(string domain, CancellationToken cancellationToken);

/// <summary>Serves <c>https://mta-sts.DOMAIN/.well-known/mta-sts.txt</c> to anybody: other mail servers ask for it before they send.</summary>
internal static class StsPolicies
{
    private const string Place = "/.well-known/mta-sts.txt";
    private const string Label = "mta-sts.";

    /// <summary>Answers a request for a policy; passes any other on.</summary>
    public static async Task ServeAsync(RequestDelegate next, HttpContext context, StsPolicyOf policies)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || !request.Path.Equals(Place, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        string host = request.Host.Host;
        string? policy = host.StartsWith(Label, StringComparison.OrdinalIgnoreCase)
            ? await policies(host[Label.Length..], context.RequestAborted)
            : null;
        if (policy is null)
        {
            await Problems.WriteAsync(context, StatusCodes.Status404NotFound, $"There is no MTA-STS policy for {host}");
            return;
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(policy.ReplaceLineEndings("\r\n"), context.RequestAborted);
    }
}
