namespace PluginMail.MailAuth;

/// <summary>A signature's result in a report.</summary>
/// <param name="Domain">d=.</param>
/// <param name="Selector">s=.</param>
/// <param name="Result">The result in lower case.</param>
public sealed record DmarcDkimResult(string Domain, string Selector, string Result);
