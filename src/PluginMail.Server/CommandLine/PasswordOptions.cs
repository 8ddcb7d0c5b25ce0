using System.CommandLine;
using System.Text;

namespace PluginMail.Server;

/// <summary>How a command gets a password: as an option, from standard input, or asked of the person.</summary>
internal sealed class PasswordOptions
{
    public Option<string?> Value { get; } = new("--password") { Description = "The password; others on this machine may see it" };

    public Option<bool> FromInput { get; } = new("--password-stdin") { Description = "Reads the password from standard input" };

    public Option<bool> None { get; } = new("--no-password") { Description = "It has none here: plugins that know logins are asked" };

    /// <summary>What a request says of the password.</summary>
    /// <returns>Null where there is none, which was said.</returns>
    public async Task<(string Key, string? Value)?> ReadAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        parsed.GetValue(None) ? ("no-password", "true")
        : await ReadPasswordAsync(parsed, cancellationToken) is { } password ? ("password", password)
        : null;

    /// <returns>The password; null where there is none, which was said.</returns>
    private async Task<string?> ReadPasswordAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Value) is { } given)
        {
            return given;
        }

        if (parsed.GetValue(FromInput))
        {
            return await Console.In.ReadLineAsync(cancellationToken) ?? "";
        }

        if (Console.IsInputRedirected)
        {
            await Console.Error.WriteLineAsync("a password is needed: --password PASSWORD or --password-stdin");
            return null;
        }

        await Console.Error.WriteAsync("Password: ");
        string password = ReadHidden();
        await Console.Error.WriteLineAsync();
        return password;
    }

    private static string ReadHidden()
    {
        var password = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace)
            {
                password.Append(key.KeyChar);
            }
            else if (password.Length > 0)
            {
                password.Length--;
            }
        }

        return password.ToString();
    }
}
