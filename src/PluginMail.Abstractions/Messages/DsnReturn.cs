namespace PluginMail.Abstractions;

/// <summary>What a report returns of the message (RFC 3461 section 4.3).</summary>
public enum DsnReturn
{
    /// <summary>All of it.</summary>
    Full,

    /// <summary>Its header.</summary>
    Headers,
}
