using System.Security.Cryptography;

namespace PluginMail.Server;

/// <summary>Where things lie in the data folder.</summary>
/// <param name="Root">The folder.</param>
internal sealed record DataFolder(string Root)
{
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The control socket.</summary>
    public string ControlSocket => ControlPath.For(Path.Combine(Root, "control.sock"));

    /// <summary>Certificates that the server made.</summary>
    public string Tls => Path.Combine(Root, "tls");

    /// <summary>Decision traces.</summary>
    public string Traces => Path.Combine(Root, "trace");

    /// <summary>Keys that sign outgoing mail.</summary>
    public string Dkim => Path.Combine(Root, "dkim");

    /// <summary>What is reported to authors' domains.</summary>
    public string DmarcRows => Path.Combine(Root, "dmarc");

    /// <summary>Installed plugins.</summary>
    public string Plugins => Path.Combine(Root, "plugins");

    /// <summary>Copies of plugins that are loaded.</summary>
    public string PluginShadow => Path.Combine(Root, "plugins-shadow");

    /// <summary>Tokens of the HTTP API, as hashes.</summary>
    public string ApiTokens => Path.Combine(Root, "api-tokens.json");

    /// <summary>Whether the system's other users may enter or read the folder; the files in it rely on its mode.</summary>
    public bool IsOpenToOthers => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(Root) & OfOthers) != 0;

    /// <summary>The secret behind the salts shown for names that nobody has; made where it is missing.</summary>
    public byte[] DecoyKey() => Key("decoy.key");

    /// <summary>The secret behind the reverse paths of forwarded mail; made where it is missing.</summary>
    public byte[] ForwardingKey() => Key("forwarding.key");

    private byte[] Key(string name)
    {
        string path = Path.Combine(Root, name);
        if (File.Exists(path))
        {
            byte[] key = File.ReadAllBytes(path);
            if (key.Length == 32)
            {
                return key;
            }
        }

        byte[] made = RandomNumberGenerator.GetBytes(32);
        File.Delete(path); // one that is there would keep its mode
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(made);
        return made;
    }
}
