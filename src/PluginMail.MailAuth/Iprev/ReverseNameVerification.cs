namespace PluginMail.MailAuth;

/// <summary>The result of iprev.</summary>
/// <param name="Result">The result.</param>
/// <param name="Name">The name that leads back; null where none does.</param>
public sealed record ReverseNameVerification(ReverseNameResult Result, string? Name);
