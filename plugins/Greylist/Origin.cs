namespace PluginMail.Greylist;

/// <summary>Who is known: the client by its network, and the sender by its domain where that vouches for the client.</summary>
/// <param name="Network">The client's network, of which nobody can make up another.</param>
/// <param name="Domain">The sender's domain; null where it does not vouch.</param>
/// <param name="HasVouchedNow">Whether the domain has just been asked; else it vouched for the network before, and cannot be asked now.</param>
internal readonly record struct Origin(string Network, string? Domain, bool HasVouchedNow)
{
    /// <summary>As the log says it.</summary>
    public override string ToString() => Domain ?? Network;
}
