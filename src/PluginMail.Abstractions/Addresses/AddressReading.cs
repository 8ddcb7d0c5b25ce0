namespace PluginMail.Abstractions;

/// <summary>What is most often asked of an address.</summary>
public static class AddressReading
{
    extension(EmailAddress? address)
    {
        /// <summary>Whether the address is of a domain or of one below it.</summary>
        /// <param name="domain">The domain.</param>
        /// <returns>False for no address.</returns>
        public bool IsIn(string domain) =>
            address is not null
            && address.Domain.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
            && (address.Domain.Length == domain.Length || address.Domain[^(domain.Length + 1)] == '.');
    }
}
