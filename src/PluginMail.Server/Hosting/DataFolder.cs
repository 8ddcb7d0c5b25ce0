using System.Security.Cryptography;

namespace PluginMail.Server;

/// <summary>Where things lie in the data folder.</summary>
/// <param name="Root">The folder.</param>
internal sealed record DataFolder(string Root)
{
    /// <summary>The control socket.</summary>
    public string ControlSocket => ControlPath.For(Path.Combine(Root, "control.sock"));

    /// <summary>Certificates that the server made.</summary>
    public string Tls => Path.Combine(Root, "tls");

    /// <summary>Decision traces.</summary>
    public string Traces => Path.Combine(Root, "trace");

    /// <summary>Installed plugins.</summary>
    public string Plugins => Path.Combine(Root, "plugins");

    /// <summary>Copies of plugins that are loaded.</summary>
    public string PluginShadow => Path.Combine(Root, "plugins-shadow");

    /// <summary>The secret behind the salts shown for names that nobody has; made where it is missing.</summary>
    public byte[] DecoyKey()
    {
        string path = Path.Combine(Root, "decoy.key");
        if (File.Exists(path))
        {
            byte[] key = File.ReadAllBytes(path);
            if (key.Length == 32)
            {
                return key;
            }
        }

        byte[] made = RandomNumberGenerator.GetBytes(32);
        File.WriteAllBytes(path, made);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return made;
    }
}
