namespace PluginMail.Queue;

/// <summary>What a report is about.</summary>
internal enum ReportKind
{
    /// <summary>What cannot be delivered.</summary>
    Failure,

    /// <summary>What is late.</summary>
    Delay,

    /// <summary>What was delivered, and was wished to be reported.</summary>
    Success,
}
