using System.Collections.Immutable;
using PluginMail.Abstractions;

namespace PluginMail.Storage.Sqlite;

/// <summary>Addresses in a column: <c>local@domain</c> as held in memory (unquoted), one a line.</summary>
internal static class AddressText
{
    public static string Write(EmailAddress address) =>
        address.LocalPart.Contains('\n', StringComparison.Ordinal) || address.Domain.AsSpan().ContainsAny('\n', '@')
            ? throw new ArgumentException("Not an address: " + address, nameof(address))
            : $"{address.LocalPart}@{address.Domain}";

    public static string Write(ImmutableArray<EmailAddress> addresses) => string.Join('\n', addresses.Select(Write));

    public static EmailAddress ReadOne(string text)
    {
        int at = text.LastIndexOf('@');
        return new EmailAddress(text[..at], text[(at + 1)..]);
    }

    /// <summary>Null for none.</summary>
    public static string? WriteSome(ImmutableArray<EmailAddress> addresses) => addresses.IsDefaultOrEmpty ? null : Write(addresses);

    public static ImmutableArray<EmailAddress> ReadSome(string? text) => text is null ? [] : Read(text);

    public static ImmutableArray<EmailAddress> Read(string text) => [.. text.Split('\n').Select(ReadOne)];
}
