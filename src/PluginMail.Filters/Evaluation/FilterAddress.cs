namespace PluginMail.Filters.Evaluation;

/// <summary>One address of a header or envelope.</summary>
/// <param name="DisplayName">The decoded name, or null.</param>
/// <param name="Localpart">What stands before the @, quotes undone; null where the address is not valid; "" for the null sender.</param>
/// <param name="Domain">What stands after the @; null where the address is not valid; "" for the null sender.</param>
/// <param name="Whole">The address without name and comments; for one that is not valid, its text as it stands.</param>
public sealed record FilterAddress(string? DisplayName, string? Localpart, string? Domain, string Whole);
