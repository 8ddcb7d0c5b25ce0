using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace PluginMail.Admin;

/// <summary>What went wrong, as RFC 9457 has it.</summary>
internal static class Problems
{
    /// <summary>A result that says what is wrong.</summary>
    public static IResult Of(int status, string detail) =>
        Results.Json(Details(status, detail), ApiJson.Default.ProblemDetails, "application/problem+json", status);

    /// <summary>Answers with what is wrong.</summary>
    public static Task WriteAsync(HttpContext context, int status, string detail) => Of(status, detail).ExecuteAsync(context);

    private static ProblemDetails Details(int status, string detail) => new()
    {
        Status = status,
        Title = ReasonPhrases.GetReasonPhrase(status),
        Detail = detail,
    };
}
