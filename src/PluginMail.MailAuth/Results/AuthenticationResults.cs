using System.Collections.Immutable;

namespace PluginMail.MailAuth;

/// <summary>The value of an Authentication-Results field (RFC 8601 section 2.2).</summary>
/// <param name="AuthservId">Who says it.</param>
/// <param name="Results">What it says; empty for <c>none</c>.</param>
internal sealed record AuthenticationResults(string AuthservId, ImmutableArray<MethodResult> Results);

/// <summary>What one method gave.</summary>
/// <param name="Method">The method in lower case, without its version.</param>
/// <param name="Result">The result in lower case.</param>
/// <param name="Reason">Why; null where it does not say.</param>
/// <param name="Comment">A comment for people; null for none. Not kept when a field is read.</param>
/// <param name="Properties">What was looked at: <c>smtp.mailfrom</c> and its like with their values.</param>
internal sealed record MethodResult(
    string Method, string Result, string? Reason, string? Comment, ImmutableArray<(string Name, string Value)> Properties);
