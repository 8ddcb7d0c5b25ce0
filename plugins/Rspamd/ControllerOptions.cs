using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginMail.Abstractions;
using PluginMail.Daemons;

namespace PluginMail.Rspamd;

/// <summary>The workers that take what is to be learned.</summary>
/// <param name="Daemons">Where they listen.</param>
/// <param name="Password">What they ask for.</param>
internal sealed record ControllerOptions(DaemonOptions Daemons, Password Password)
{
    private const int LongestPassword = 1024;

    /// <summary>Reads the keys <c>controller</c>, <c>password_file</c> and <c>allow_plain_text</c>.</summary>
    /// <param name="settings">The plugin's table.</param>
    /// <param name="scanning">The limits of the workers that scan, which hold for these too.</param>
    /// <param name="isNeeded">Whether anything is learned.</param>
    public static ControllerOptions? Read(ISettings settings, DaemonOptions scanning, bool isNeeded)
    {
        var addresses = DaemonAddress.Read(settings, "controller", "127.0.0.1:11334");
        string file = settings.GetString("password_file", "");
        if (!settings.GetBoolean("allow_plain_text", defaultValue: false) && isNeeded && file.Length > 0 && !addresses.All(IsOfThisMachine))
        {
            settings.Reject("controller", "addresses of this machine, as the password_file's password is sent in clear, or allow_plain_text = true");
        }

        return isNeeded
            ? new ControllerOptions(scanning with { Addresses = addresses, Connections = 2, Balance = Balance.Failover }, ReadPassword(settings, file))
            : null;
    }

    private static bool IsOfThisMachine(DaemonAddress address) => address.EndPoint switch
    {
        IPEndPoint end => IPAddress.IsLoopback(end.Address),
        DnsEndPoint end => end.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => address.EndPoint.AddressFamily == AddressFamily.Unix,
    };

    private static Password ReadPassword(ISettings settings, string file)
    {
        if (file.Length == 0)
        {
            return Password.None;
        }

        try
        {
            string text = new FileInfo(file).Length <= LongestPassword ? File.ReadAllText(file).TrimEnd('\r', '\n') : "";
            if (text.Length > 0 && Ascii.IsValid(text) && !text.Any(char.IsControl))
            {
                return new Password(text);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // Rejected as an empty file is.
        }

        settings.Reject("password_file", "a readable file with the controller's password on one line");
        return Password.None;
    }
}

/// <summary>A password that no log line or exception shows.</summary>
internal sealed class Password(string value)
{
    /// <summary>For controllers that ask for none.</summary>
    public static readonly Password None = new("");

    /// <summary>Itself, for the request alone.</summary>
    public string Reveal() => value;

    /// <inheritdoc/>
    public override string ToString() => "(password)";
}
