using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace PluginMail.Testing;

/// <summary>A real Dovecot with POP3 and IMAP, plain and with TLS, on free ports, its mail in Maildirs of a folder of its own.</summary>
public sealed class Dovecot : IAsyncLifetime
{
    public const string Password = "pass";

    private readonly string _folder = Directory.CreateTempSubdirectory("dovecot-").FullName;
    private readonly byte[] _tokenKey = RandomNumberGenerator.GetBytes(32);
    private readonly StringBuilder _output = new();
    private Process? _process;
    private long _delivered;

    public int Imap { get; private set; }

    public int ImapTls { get; private set; }

    public int Pop3 { get; private set; }

    public int Pop3Tls { get; private set; }

    /// <summary>The PEM file of the one that signed its certificate: itself.</summary>
    public string Authority => Path.Combine(_folder, "cert.pem");

    /// <summary>Skips a test where Dovecot is not installed, except where everything has to be.</summary>
    public void Require()
    {
        if (_process is null)
        {
            bool everythingIsNeeded = Environment.GetEnvironmentVariable("CI") is "true" or "1";
            Assert.False(everythingIsNeeded, "Dovecot is not installed: apt-get install dovecot-imapd dovecot-pop3d");
            Skip.If(condition: true, "Dovecot is not installed");
        }
    }

    /// <summary>A token (RFC 7519) with which an account may sign in.</summary>
    /// <param name="user">The account.</param>
    /// <param name="life">How long it holds; negative where it has run out.</param>
    public string Token(string user, TimeSpan life)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string signed = $"{Part("""{"alg":"HS256","typ":"JWT"}""")}.{Part($$"""{"sub":"{{user}}","iat":{{now - 3600}},"nbf":{{now - 3600}},"exp":{{now + (long)life.TotalSeconds}}}""")}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(_tokenKey, Encoding.ASCII.GetBytes(signed)))}";

        static string Part(string json) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(json));
    }

    public async Task InitializeAsync()
    {
        string? dovecot = new[] { "/usr/sbin/dovecot", "/usr/local/sbin/dovecot" }.FirstOrDefault(File.Exists);
        if (dovecot is null || !File.Exists("/usr/lib/dovecot/pop3") || !File.Exists("/usr/lib/dovecot/imap"))
        {
            return;
        }

        (Imap, ImapTls, Pop3, Pop3Tls) = (FreePort.Next(), FreePort.Next(), FreePort.Next(), FreePort.Next());
        File.SetUnixFileMode(_folder, (UnixFileMode)Convert.ToInt32("755", 8));
        LoopbackCertificate.Make(_folder).Dispose();
        string configuration = Path.Combine(_folder, "dovecot.conf");
        await File.WriteAllTextAsync(configuration, Configuration());
        await File.WriteAllTextAsync(Path.Combine(_folder, "oauth2.conf"), $"""
            introspection_mode = local
            local_validation_key_dict = fs:posix:prefix={_folder}/keys/
            username_attribute = sub

            """);
        string keys = Path.Combine(_folder, "keys", "default", "HS256");
        Directory.CreateDirectory(keys);
        await File.WriteAllTextAsync(Path.Combine(keys, "default"), Convert.ToBase64String(_tokenKey));
        _process = Process.Start(new ProcessStartInfo(dovecot, ["-F", "-c", configuration])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        foreach (int port in (int[])[Imap, ImapTls, Pop3, Pop3Tls])
        {
            await WaitUntilItListensAsync(port);
        }
    }

    public async Task DisposeAsync()
    {
        if (_process is { } process)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]); // its children end with it
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Puts a message into a folder of an account, which comes to be by it.</summary>
    /// <param name="user">The account; any name does.</param>
    /// <param name="message">The message.</param>
    /// <param name="folder">The folder; empty for INBOX.</param>
    /// <param name="flags">Maildir's: S for seen, F for flagged.</param>
    public void Deliver(string user, string message, string folder = "", string flags = "")
    {
        string maildir = Path.Combine(_folder, "mail", user, folder.Length == 0 ? "" : "." + folder);
        foreach (string part in (string[])["cur", "new", "tmp"])
        {
            OpenToAll(Path.Combine(maildir, part));
        }

        OpenToAll(Path.Combine(_folder, "mail", user));
        OpenToAll(maildir);

        long number = Interlocked.Increment(ref _delivered);
        string file = Path.Combine(maildir, "cur", $"{1700000000 + number}.M{number}.test:2,{flags}");
        File.WriteAllText(file, message, Encoding.Latin1);
        File.SetUnixFileMode(file, (UnixFileMode)Convert.ToInt32("666", 8));
    }

    /// <summary>How many messages a folder has.</summary>
    public int Count(string user, string folder = "") =>
        ((string[])["cur", "new"]).Select(part => Path.Combine(_folder, "mail", user, folder.Length == 0 ? "" : "." + folder, part))
            .Where(Directory.Exists).Sum(path => Directory.GetFiles(path).Length);

    /// <summary>Makes Dovecot forget how it called the messages: UIDs, UIDVALIDITY and UIDLs are new then.</summary>
    public void Renumber(string user)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder, "mail", user), "dovecot*"))
        {
            File.Delete(file);
        }

        // With none given it takes the time of day, which is that of a second ago in a test.
        string list = Path.Combine(_folder, "mail", user, "dovecot-uidlist");
        File.WriteAllText(list, $"3 V{1000 + Interlocked.Increment(ref _delivered)} N1 G{Guid.NewGuid():N}\n");
        File.SetUnixFileMode(list, (UnixFileMode)Convert.ToInt32("666", 8));
    }

    private string Configuration() => $$"""
        base_dir = {{_folder}}/run
        state_dir = {{_folder}}/state
        log_path = {{_folder}}/dovecot.log
        protocols = imap pop3
        listen = 127.0.0.1
        ssl = yes
        ssl_cert = <{{_folder}}/cert.pem
        ssl_key = <{{_folder}}/key.pem
        disable_plaintext_auth = no
        mail_location = maildir:{{_folder}}/mail/%u
        mail_fsync = never
        first_valid_uid = 0
        auth_mechanisms = plain login xoauth2 oauthbearer
        mail_max_userip_connections = 1000
        mail_attribute_dict = file:{{_folder}}/mail/%u/attributes
        protocol imap {
          imap_metadata = yes
        }
        passdb {
          driver = oauth2
          mechanisms = xoauth2 oauthbearer
          args = {{_folder}}/oauth2.conf
        }
        passdb {
          driver = static
          mechanisms = plain login
          args = password={{Password}}
        }
        userdb {
          driver = static
          args = uid={{Owner("-u")}} gid={{Owner("-g")}} home={{_folder}}/mail/%u
        }
        service imap-login {
          inet_listener imap {
            port = {{Imap}}
          }
          inet_listener imaps {
            port = {{ImapTls}}
          }
        }
        service pop3-login {
          inet_listener pop3 {
            port = {{Pop3}}
          }
          inet_listener pop3s {
            port = {{Pop3Tls}}
          }
        }
        {{Users()}}

        """;

    // Started by root it has users of its own, who need to get into the folder; started by another it is that one altogether.
    private static string Users() => Environment.UserName == "root" ? "" : $$"""
        default_internal_user = {{Environment.UserName}}
        default_login_user = {{Environment.UserName}}
        default_internal_group = {{Owner("-gn")}}
        service anvil {
          chroot =
        }
        service imap-login {
          chroot =
        }
        service pop3-login {
          chroot =
        }
        """;

    // Mail is not read as root.
    private static string Owner(string which)
    {
        if (Environment.UserName == "root")
        {
            return "65534";
        }

        using var id = Process.Start(new ProcessStartInfo("id", [which]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return id.StandardOutput.ReadToEnd().Trim();
    }

    private static void OpenToAll(string folder)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("777", 8));
    }

    private async Task WaitUntilItListensAsync(int port)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                Assert.False(_process!.HasExited, $"Dovecot ended: {Output()}");
                Assert.False(limit.IsCancellationRequested, $"Dovecot does not listen: {Output()}");
                await Task.Delay(50);
            }
        }
    }

    private void Note(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }

    private string Output()
    {
        lock (_output)
        {
            return _output.ToString();
        }
    }
}
