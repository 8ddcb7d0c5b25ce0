namespace PluginMail.Abstractions;

/// <summary>An enhanced mail system status code, as 5.1.1 (RFC 3463).</summary>
/// <param name="Class">2 success, 4 persistent transient failure, 5 permanent failure.</param>
/// <param name="Subject">What the status is about: 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 policy.</param>
/// <param name="Detail">The condition within the subject.</param>
public readonly record struct EnhancedStatusCode(byte Class, ushort Subject, ushort Detail)
{
    /// <summary>The code with its dots.</summary>
    /// <returns>As <c>5.1.1</c>.</returns>
    public override string ToString() => $"{Class}.{Subject}.{Detail}";
}
