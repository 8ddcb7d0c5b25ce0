namespace PluginMail.Abstractions;

/// <summary>A parameter of MAIL or RCPT as the client wrote it (RFC 5321 section 4.1.2: <c>esmtp-param</c>).</summary>
/// <param name="Keyword">As <c>SIZE</c>, in the client's case.</param>
/// <param name="Value">What stands behind the equals sign, not decoded; null where there is no equals sign.</param>
public readonly record struct EsmtpParameter(string Keyword, string? Value)
{
    /// <summary>Whether the keyword is this one, in any case.</summary>
    /// <param name="keyword">As <c>SIZE</c>.</param>
    /// <returns>True where it is.</returns>
    public bool Is(string keyword) => string.Equals(Keyword, keyword, StringComparison.OrdinalIgnoreCase);

    /// <summary>As the client wrote it.</summary>
    /// <returns>As <c>SIZE=1000</c> or <c>SMTPUTF8</c>.</returns>
    public override string ToString() => Value is null ? Keyword : $"{Keyword}={Value}";
}
