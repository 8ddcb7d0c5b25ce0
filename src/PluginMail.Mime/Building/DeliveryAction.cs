namespace PluginMail.Mime;

/// <summary>What happened to a message for one recipient (RFC 3464 section 2.3.3).</summary>
public enum DeliveryAction
{
    /// <summary>Could not be delivered.</summary>
    Failed,

    /// <summary>Not delivered yet; the attempts go on.</summary>
    Delayed,

    /// <summary>Delivered.</summary>
    Delivered,

    /// <summary>Handed to a system that gives no reports.</summary>
    Relayed,

    /// <summary>Delivered and sent on to others.</summary>
    Expanded,
}
