using System.Security.Cryptography;
using System.Text;
using PluginMail.Collector.Messages;

namespace PluginMail.Collector.Accounts;

/// <summary>
/// The field that collected messages get, by which one is known that comes back to where it was collected. Nobody can make it up who has not
/// got a message with it.
/// </summary>
internal static class Mark
{
    private const string Field = "X-Collected";

    /// <summary>The field for an account.</summary>
    public static string For(AccountContext context) => $"{Field}: {context.Settings.Name}; {Token(context)}\r\n";

    /// <summary>Whether a message has it.</summary>
    public static bool IsOn(HeaderFields header, AccountContext context)
    {
        string token = Token(context);
        return header.All(Field).Any(value => value.EndsWith(token, StringComparison.Ordinal));
    }

    private static string Token(AccountContext context) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(context.Ledger.Secret, Encoding.UTF8.GetBytes(context.Settings.Identity)).AsSpan(0, 16));
}
