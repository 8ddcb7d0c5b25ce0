using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace PluginMail.EndToEnd;

/// <summary>
/// Debian's Postfix as another site: mx.peer.test takes mail for peer.test into Maildirs, and sends what is for example.test to a server here.
/// It has a folder of its own for settings, queue and data, and a free port on loopback.
/// </summary>
internal sealed class PostfixPeer : IAsyncDisposable
{
    public const string Domain = "peer.test";

    /// <summary>Recipients that it knows. One whose name begins with "grey" is put off at the first contact.</summary>
    public static readonly IReadOnlyList<string> Mailboxes = ["anna", "bob", "grey", "j\u00f6rg", "large"];

    private readonly string _folder = Directory.CreateTempSubdirectory("pm-postfix-").FullName;

    private PostfixPeer(int port) => Port = port;

    public int Port { get; }

    /// <summary>What it logged.</summary>
    public string Log => File.Exists(PathOf("log")) ? File.ReadAllText(PathOf("log")) : "";

    /// <summary>Whether it is installed and may be started.</summary>
    public static bool IsAvailable => File.Exists("/usr/sbin/postfix") && Environment.IsPrivilegedProcess;

    /// <summary>Skips a test where it cannot run.</summary>
    public static void Require()
    {
        Programs.Require("postfix", "python3");
        Skip.IfNot(IsAvailable, "Postfix needs root");
    }

    /// <summary>Starts it.</summary>
    /// <param name="port">Where it listens.</param>
    /// <param name="exampleTest">The port that takes mail for example.test.</param>
    public static async Task<PostfixPeer> StartAsync(int port, int exampleTest)
    {
        var peer = new PostfixPeer(port);
        try
        {
            await peer.PrepareAsync(exampleTest);
            (await peer.PostfixAsync("start")).Succeeded();
            await Eventually.TrueAsync(peer.AnswersAsync, "Postfix answers");
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives it a message over SMTP from a client of its network.</summary>
    /// <param name="mail">What stands behind MAIL FROM:.</param>
    /// <param name="rcpt">What stands behind RCPT TO:.</param>
    /// <param name="message">The message; Latin-1, so that every octet can be said.</param>
    public async Task SubmitAsync(string mail, string rcpt, string message)
    {
        await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Port);
        await smtp.SubmitAsync(mail, rcpt, message);
    }

    /// <summary>Waits for a message in one of its mailboxes that holds a text.</summary>
    /// <returns>The message in Latin-1, its lines ended by CR LF again.</returns>
    public async Task<string> UntilDeliveredAsync(string mailbox, string text)
    {
        string? found = null;
        await Eventually.TrueAsync(() => (found = Messages(mailbox).FirstOrDefault(message => message.Contains(text, StringComparison.Ordinal))) is not null, $"'{text}' for {mailbox}");
        return found!;
    }

    /// <summary>The messages of one of its mailboxes.</summary>
    public IReadOnlyList<string> Messages(string mailbox)
    {
        string folder = PathOf($"mail/{mailbox}/new");
        return Directory.Exists(folder)
            ? [.. Directory.GetFiles(folder).Select(file => File.ReadAllText(file, Encoding.Latin1).Replace("\n", "\r\n", StringComparison.Ordinal))]
            : [];
    }

    /// <summary>Waits until it has nothing in its queue; what waits there is tried again at once.</summary>
    public Task UntilIdleAsync() => Eventually.TrueAsync(
        async () =>
        {
            if (!new[] { "incoming", "active", "deferred" }.Any(queue => Directory.EnumerateFiles(PathOf($"queue/{queue}"), "*", SearchOption.AllDirectories).Any()))
            {
                return true;
            }

            await Programs.RunAsync("postqueue", "-c", PathOf("conf"), "-f");
            return false;
        },
        "Postfix's queue is empty");

    public Task UntilLoggedAsync(string text) =>
        Eventually.TrueAsync(() => Log.Contains(text, StringComparison.Ordinal), $"'{text}' in Postfix's log");

    /// <summary>Stops it, and sees to it that nothing of it is left.</summary>
    public async ValueTask DisposeAsync()
    {
        if (await ReadMasterAsync() is { } master)
        {
            int[] all = [master, .. Children(master)];
            await PostfixAsync("stop");
            foreach (int id in all)
            {
                End(id);
            }
        }

        Directory.Delete(_folder, recursive: true);
    }

    // It holds a lock on the file as long as it runs, and .NET reads no locked file.
    private async Task<int?> ReadMasterAsync()
    {
        ProgramResult file = await Programs.RunAsync("cat", PathOf("queue/pid/master.pid"));
        return int.TryParse(file.Output, CultureInfo.InvariantCulture, out int id) ? id : null;
    }

    // One that outlived the stop; where the id is another program's by now, it is left alone.
    private static void End(int id)
    {
        try
        {
            if (new FileInfo($"/proc/{id}/exe").ResolveLinkTarget(returnFinalTarget: false)?.FullName is { } program
                && program.StartsWith("/usr/lib/postfix/", StringComparison.Ordinal))
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    private static int[] Children(int id)
    {
        string file = $"/proc/{id}/task/{id}/children";
        return File.Exists(file)
            ? [.. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture))]
            : [];
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private Task<ProgramResult> PostfixAsync(string command) => Programs.RunAsync("postfix", "-c", PathOf("conf"), command);

    private async Task PrepareAsync(int exampleTest)
    {
        foreach (string name in new[] { "conf", "queue", "data", "mail", "greylist" })
        {
            Directory.CreateDirectory(PathOf(name));
        }

        File.Copy(Repository.ClientScript("greylist.py"), PathOf("greylist.py"));
        WriteCertificate();
        await File.WriteAllTextAsync(PathOf("conf/main.cf"), MainSettings(exampleTest));
        await File.WriteAllTextAsync(PathOf("conf/master.cf"), Services());
        (await Programs.RunAsync("chmod", "755", _folder)).Succeeded(); // its own users look in
        (await Programs.RunAsync("chown", "postfix", PathOf("data"))).Succeeded();
        (await Programs.RunAsync("chown", "nobody", PathOf("mail"), PathOf("greylist"))).Succeeded();
    }

    private string MainSettings(int exampleTest) => $"""
        compatibility_level = 3.7
        queue_directory = {_folder}/queue
        data_directory = {_folder}/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = mx.{Domain}
        mydestination =
        notify_classes =
        virtual_mailbox_domains = {Domain}
        virtual_mailbox_base = {_folder}/mail
        virtual_mailbox_maps = inline:{"{"} {string.Join(", ", Mailboxes.Select(name => $"{name}@{Domain}={name}/"))} {"}"}
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        virtual_mailbox_limit = 0
        message_size_limit = 52428800
        transport_maps = inline:{"{"} example.test=smtp:[127.0.0.1]:{exampleTest.ToString(CultureInfo.InvariantCulture)} {"}"}
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
        smtpd_relay_restrictions = check_policy_service unix:private/greylist, permit_mynetworks, reject
        smtpd_tls_security_level = may
        smtpd_tls_cert_file = {_folder}/cert.pem
        smtpd_tls_key_file = {_folder}/key.pem
        smtpd_tls_received_header = yes
        smtp_tls_security_level = may
        smtp_tls_loglevel = 1
        smtp_line_length_limit = 0
        smtp_host_lookup = native
        smtputf8_enable = yes
        minimal_backoff_time = 1s
        maximal_backoff_time = 2s
        queue_run_delay = 1s
        delay_warning_time = 0
        maillog_file = {_folder}/log
        maillog_file_prefixes = /var,/tmp,{_folder}

        """;

    private string Services() => $"""
        {Port.ToString(CultureInfo.InvariantCulture)} inet n - n - - smtpd
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        virtual unix - n n - - virtual
        error unix - - n - - error
        retry unix - - n - - error
        showq unix n - n - - showq
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        greylist unix - n n - 0 spawn user=nobody argv=/usr/bin/python3 {_folder}/greylist.py {_folder}/greylist
        postlog unix-dgram n - n - 1 postlogd

        """;

    private void WriteCertificate()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest($"CN=mx.{Domain}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(PathOf("cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await using SmtpDialog smtp = await SmtpDialog.ConnectAsync(Port);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }
}
