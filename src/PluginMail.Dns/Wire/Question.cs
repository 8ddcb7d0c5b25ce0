using PluginMail.Abstractions;

namespace PluginMail.Dns.Wire;

/// <summary>What is asked, in class IN. Names are compared without regard to the case of ASCII letters (RFC 4343).</summary>
/// <param name="Name">The name in presentation form, without the root's dot; "." for the root.</param>
/// <param name="Type">The record type.</param>
internal readonly record struct Question(string Name, DnsRecordType Type)
{
    public bool Equals(Question other) => Type == other.Type && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Name) ^ ((int)Type << 24);
}
