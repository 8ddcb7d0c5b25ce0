using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PluginMail.Testing;

namespace PluginMail.SmtpClient.Tests;

/// <summary>A Debian mail server of a test's own, on a free port of loopback, in a folder of its own.</summary>
internal sealed class RealPeer : IAsyncDisposable
{
    private readonly List<Process> _processes = [];
    private readonly List<(string Program, string[] Arguments)> _farewells = [];

    private RealPeer()
    {
        Folder = Directory.CreateTempSubdirectory("pm-peer-").FullName;
        Port = FreePort.Next();
    }

    public string Folder { get; }

    public int Port { get; }

    public X509Certificate2? Certificate { get; private set; }

    public static void SkipUnless(params string[] programs)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "needs root to start a mail server");
        foreach (string program in programs)
        {
            Skip.IfNot(File.Exists($"/usr/sbin/{program}"), $"{program} is not installed");
        }
    }

    /// <summary>Postfix that takes mail for a@example.org and gives it to an LMTP host.</summary>
    public static async Task<RealPeer> PostfixAsync(int lmtpPort)
    {
        SkipUnless("postfix");
        RealPeer peer = await MakeAsync();
        foreach (string folder in new[] { "conf", "queue", "data" })
        {
            Directory.CreateDirectory(Path.Combine(peer.Folder, folder));
        }

        peer.MakeCertificate();
        await File.WriteAllTextAsync(peer.PathOf("conf/main.cf"), $"""
            compatibility_level=3.7
            queue_directory={peer.Folder}/queue
            data_directory={peer.Folder}/data
            command_directory=/usr/sbin
            daemon_directory=/usr/lib/postfix/sbin
            mail_owner=postfix
            setgid_group=postdrop
            myhostname=mx.example.org
            mydestination=
            virtual_mailbox_domains=example.org
            virtual_mailbox_maps=inline:{"{"} a@example.org=ok, b@example.org=ok, jörg@example.org=ok {"}"}
            virtual_transport=lmtp:inet:127.0.0.1:{lmtpPort}
            lmtp_destination_recipient_limit=10
            inet_interfaces=127.0.0.1
            inet_protocols=ipv4
            mynetworks=
            message_size_limit=1000000
            smtpd_tls_security_level=may
            smtpd_tls_cert_file={peer.Folder}/cert.pem
            smtpd_tls_key_file={peer.Folder}/key.pem
            maillog_file={peer.Folder}/log
            maillog_file_prefixes=/var,/tmp

            """);
        await File.WriteAllTextAsync(peer.PathOf("conf/master.cf"), $"""
            {peer.Port} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            lmtp unix - - n - - lmtp
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd

            """);
        await RunAsync("chown", ["postfix", peer.PathOf("data")]);
        await RunAsync("postfix", ["-c", peer.PathOf("conf"), "start"]);
        peer._farewells.Add(("postfix", ["-c", peer.PathOf("conf"), "stop"]));
        await WaitAsync(peer.Port);
        return peer;
    }

    /// <summary>Dovecot that takes mail for anybody over LMTP into Maildirs below "mail".</summary>
    public static async Task<RealPeer> DovecotAsync()
    {
        SkipUnless("dovecot");
        Skip.IfNot(File.Exists("/usr/lib/dovecot/lmtp"), "dovecot-lmtpd is not installed");
        RealPeer peer = await MakeAsync();
        Directory.CreateDirectory(peer.PathOf("mail"));
        await RunAsync("chown", ["nobody:nogroup", peer.PathOf("mail")]);
        await File.WriteAllTextAsync(peer.PathOf("dovecot.conf"), $$"""
            base_dir = {{peer.Folder}}/run
            state_dir = {{peer.Folder}}/state
            log_path = {{peer.Folder}}/log
            protocols = lmtp
            listen = 127.0.0.1
            ssl = no
            mail_location = maildir:{{peer.Folder}}/mail/%u
            mail_uid = nobody
            mail_gid = nogroup
            first_valid_uid = 1
            passdb {
              driver = static
              args = password=unused
            }
            userdb {
              driver = static
              args = uid=nobody gid=nogroup home={{peer.Folder}}/mail/%u allow_all_users=yes
            }
            service lmtp {
              inet_listener lmtp {
                address = 127.0.0.1
                port = {{peer.Port}}
              }
            }

            """);
        peer.Start("dovecot", "-F", "-c", peer.PathOf("dovecot.conf"));
        await WaitAsync(peer.Port);
        return peer;
    }

    /// <summary>Postfix's smtp-sink, which takes everything.</summary>
    public static async Task<RealPeer> SinkAsync(params string[] options)
    {
        SkipUnless("smtp-sink");
        RealPeer peer = await MakeAsync();
        peer.Start("smtp-sink", [.. options, "-u", "nobody", $"127.0.0.1:{peer.Port}", "100"]);
        await WaitAsync(peer.Port);
        return peer;
    }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string Log() => File.Exists(PathOf("log")) ? File.ReadAllText(PathOf("log")) : "";

    public async ValueTask DisposeAsync()
    {
        foreach ((string program, string[] arguments) in _farewells)
        {
            await RunAsync(program, arguments);
        }

        foreach (Process process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Certificate?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<RealPeer> MakeAsync()
    {
        var peer = new RealPeer();
        await RunAsync("chmod", ["755", peer.Folder]); // the servers' own users look in
        return peer;
    }

    private void Start(string program, params string[] arguments) =>
        _processes.Add(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!);

    private void MakeCertificate()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=mx.example.org", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("mx.example.org");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(PathOf("cert.pem"), Certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        await process.WaitForExitAsync();
    }

    private static async Task WaitAsync(int port)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (attempt < 2_400)
            {
                await Task.Delay(50);
            }
        }
    }
}
