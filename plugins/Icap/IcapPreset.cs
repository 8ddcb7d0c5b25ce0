namespace PluginMail.Icap;

/// <summary>The products whose ways are known by name.</summary>
internal enum Product
{
    Generic,
    Drweb,
    Kaspersky,
    Sophos,
    Eset,
    Cicap,
}

/// <summary>The ways of a product.</summary>
/// <param name="Service">The service's path where an address has none.</param>
/// <param name="ViolationsAreErrors">Whether X-Violations-Found tells what could not be checked, not what was found.</param>
internal sealed record IcapPreset(string Service, bool ViolationsAreErrors = false)
{
    /// <summary>The ways of a product.</summary>
    /// <param name="product">The product.</param>
    /// <param name="isRequest">Whether REQMOD is used.</param>
    public static IcapPreset Of(Product product, bool isRequest) => product switch
    {
        Product.Drweb => new(isRequest ? "reqmod" : "respmod", ViolationsAreErrors: true),
        Product.Kaspersky => new(isRequest ? "req" : "resp"),
        Product.Sophos => new(isRequest ? "reqmod" : "respmod"),
        Product.Eset => new("scan"),
        Product.Cicap => new("virus_scan"),
        _ => new(""),
    };
}
