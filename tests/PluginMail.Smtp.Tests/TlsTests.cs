using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Transport;

namespace PluginMail.Smtp.Tests;

/// <summary>Python's smtplib as a peer, over real sockets.</summary>
public sealed class TlsTests
{
    private const string Client = """
        import smtplib, ssl, sys
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if sys.argv[2] == 'implicit':
            client = smtplib.SMTP_SSL('127.0.0.1', int(sys.argv[1]), context=context, timeout=20)
        else:
            client = smtplib.SMTP('127.0.0.1', int(sys.argv[1]), timeout=20)
            client.ehlo()
            assert client.has_extn('starttls') and 'PLAIN' not in client.esmtp_features['auth']
            client.starttls(context=context)
        client.ehlo()
        assert not client.has_extn('starttls')
        client.login('u', 'secret')
        client.sendmail('u@example.test', ['b@example.test'], 'Subject: x\n\n.dot\n' + 'line\n' * 50000)
        client.quit()
        print('done')
        """;

    [SkippableTheory]
    [InlineData("starttls", TlsMode.StartTls)]
    [InlineData("implicit", TlsMode.Implicit)]
    public async Task Serves_smtplib(string mode, TlsMode tls)
    {
        Skip.IfNot(File.Exists("/usr/bin/python3"));
        var sessions = new RecordingSessions();
        SmtpOptions options = SmtpOptions.For(SmtpFlavour.Submission, "mx.example.test");
        var server = new SmtpServer(options, sessions, new ScriptedSignIn(), TimeProvider.System, NullLogger.Instance);
        await using MailListener listener = await MailListener.StartAsync(
            new ListenerOptions(new IPEndPoint(IPAddress.Loopback, 0), tls, 10, 10),
            server,
            TestCertificate.Make(),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None);
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Client, $"{listener.EndPoint.Port}", mode])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = await python.StandardOutput.ReadToEndAsync();
        string errors = await python.StandardError.ReadToEndAsync();
        await python.WaitForExitAsync();
        Assert.True(output.Trim() == "done", errors);
        Recorded message = Assert.Single(sessions.Messages);
        Assert.Equal("Subject: x\r\n\r\n.dot\r\n".Length + (50000 * 6), message.Octets.Length);
        if (tls == TlsMode.StartTls)
        {
            Assert.Contains("encrypted", sessions.Events);
        }
    }
}
