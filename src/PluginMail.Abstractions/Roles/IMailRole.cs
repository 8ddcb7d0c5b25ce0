namespace PluginMail.Abstractions;

/// <summary>Something a plugin can be. A plugin returns its roles from <see cref="IMailPlugin.StartAsync"/>; one object may play several.</summary>
/// <remarks>
/// Every role is called from many sessions at once and must be safe for that. Each call has a time limit (mail.toml, <c>time_limit</c>),
/// after which its token is cancelled and the call counts as a fault. A fault passes, defers or refuses as the plugin's <c>on_fault</c> says.
/// </remarks>
public interface IMailRole
{
}
