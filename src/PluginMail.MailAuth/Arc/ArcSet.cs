namespace PluginMail.MailAuth;

/// <summary>One set of a chain (RFC 8617 section 4.2): indexes of its three fields in the header.</summary>
internal sealed record ArcSet
{
    public int Results { get; set; } = -1;

    public int Signature { get; set; } = -1;

    public int Seal { get; set; } = -1;

    public bool IsComplete => Results >= 0 && Signature >= 0 && Seal >= 0;
}
