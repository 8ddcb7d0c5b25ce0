using System.Diagnostics;
using System.Globalization;

namespace PluginMail.Testing;

/// <summary>A real spamd with rules of its own and a Bayes database for each user, in a temporary folder.</summary>
internal sealed class SpamdServer : IAsyncDisposable
{
    /// <summary>In a subject it gives 7.5 points of 5; to the user of <see cref="IndulgentUser"/> 1.5.</summary>
    public const string Word = "own-spam-word";

    /// <summary>In a subject it has the rules hit that tell what is known of how the message came.</summary>
    public const string Trace = "own-trace";

    /// <summary>Who has settings of their own.</summary>
    public const string IndulgentUser = "alice@example.test";

    private static readonly string[] Paths = ["/usr/sbin/spamd", "/usr/bin/spamd", "/usr/bin/vendor_perl/spamd"];
    private readonly string _folder;
    private readonly DaemonProcess _process;

    private SpamdServer(string folder, string tcp, DaemonProcess process)
    {
        _folder = folder;
        _process = process;
        Tcp = tcp;
    }

    public string Tcp { get; }

    public string Unix => $"unix:{_folder}/spamd.sock";

    public string Output => _process.Output;

    /// <summary>Starts one; skips the test where it is not installed.</summary>
    public static async Task<SpamdServer> StartAsync()
    {
        string program = DaemonProcess.Require("spamd", Paths);
        string folder = Directory.CreateTempSubdirectory("spamd-").FullName;
        string users = Path.Combine(folder, "users");
        Directory.CreateDirectory(Path.Combine(users, IndulgentUser));
        Directory.CreateDirectory(Path.Combine(folder, "site"));
        Directory.CreateDirectory(Path.Combine(folder, "rules"));
        await File.WriteAllTextAsync(Path.Combine(users, IndulgentUser, "user_prefs"), "score OWN_SUBJECT 1.5\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "rules", "own.cf"), Rules);
        OpenUp(folder);
        int port = FreePort.Next();
        string tcp = DaemonProcess.Loopback(port);
        var process = await DaemonProcess.StartAsync(
            program,
            port,
            [
                "--local", "--nouser-config", "--allow-tell", "--max-children", "3", "--min-children", "1", "--syslog", "stderr",
                "--username", Environment.UserName == "root" ? "nobody" : Environment.UserName, $"--virtual-config-dir={users}/%u",
                $"--configpath={folder}/rules", $"--siteconfigpath={folder}/site", "--listen", tcp, "--listen", $"{folder}/spamd.sock",
            ]);
        return new SpamdServer(folder, tcp, process);
    }

    /// <summary>How many messages the Bayes filter of a user has learned.</summary>
    public async Task<(int Spam, int Ham)> LearnedAsync(string user)
    {
        string database = Path.Combine(_folder, "users", user);
        if (!File.Exists(Path.Combine(database, "bayes_toks")))
        {
            return (0, 0);
        }

        using var learn = Process.Start(new ProcessStartInfo(
            "/usr/bin/sa-learn",
            [$"--configpath={_folder}/rules", $"--siteconfigpath={_folder}/site", $"--dbpath={database}/bayes", "--dump", "magic"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        string[] lines = (await learn.StandardOutput.ReadToEndAsync()).Split('\n');
        await learn.WaitForExitAsync();
        return (Count("nspam"), Count("nham"));

        int Count(string name) => int.Parse(
            lines.Single(line => line.EndsWith($": {name}", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[2],
            CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>spamd does not run as root: it changes to another user, who must be able to get in.</summary>
    private static void OpenUp(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode All = (UnixFileMode)0b111_111_111;
        foreach (string path in (string[])[folder, .. Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)])
        {
            File.SetUnixFileMode(path, All);
        }
    }

    private static string Rules => $"""
        util_rb_tld com org net example test
        loadplugin Mail::SpamAssassin::Plugin::Check
        loadplugin Mail::SpamAssassin::Plugin::Bayes
        required_score 5
        report_safe 0
        use_bayes 1
        bayes_auto_learn 0
        bayes_min_spam_num 1
        bayes_min_ham_num 1
        header OWN_SUBJECT Subject =~ /{Word}/
        score OWN_SUBJECT 7.5
        describe OWN_SUBJECT Own word in the subject
        header OWN_SMALL Subject =~ /\bsmall\b/
        score OWN_SMALL -1.25
        header __TRACE Subject =~ /{Trace}/
        header __PATH EnvelopeFrom =~ /^bounce-7\@lists\.example\.org$/
        meta PATH __TRACE && __PATH
        score PATH 0.01
        header __NO_PATH EnvelopeFrom =~ /^$/
        meta NO_PATH __TRACE && __NO_PATH
        score NO_PATH 0.01
        header __NO_RDNS X-Spam-Relays-Untrusted =~ /^[^\]]+ rdns= /
        meta NO_RDNS __TRACE && __NO_RDNS
        score NO_RDNS 0.01
        header __RDNS X-Spam-Relays-Untrusted =~ /^[^\]]+ rdns=mail\.example\.org /
        meta RDNS __TRACE && __RDNS
        score RDNS 0.01
        header __HELO X-Spam-Relays-Untrusted =~ /^\[ ip=\S+ [^\]]*helo=client\.example\.org by=mx\.example\.test /
        meta HELO __TRACE && __HELO
        score HELO 0.01
        header __ONE_RELAY X-Spam-Relays-Untrusted =~ /^\[[^\]]+\]\s*$/
        meta ONE_RELAY __TRACE && __ONE_RELAY
        score ONE_RELAY 0.01
        header __TRUSTED X-Spam-Relays-Trusted =~ /^\[ ip=192\.0\.2\.\d+ [^\]]*auth=ESMTPSA /
        meta TRUSTED __TRACE && __TRUSTED
        score TRUSTED 0.01
        body GTUBE /XJS\*C4JDBQADN1\.NSBN3\*2IDNEN\*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL\*C\.34X/
        score GTUBE 1000
        body BAYES_99 eval:check_bayes('0.99', '1.00')
        score BAYES_99 3.5
        tflags BAYES_99 learn
        body BAYES_00 eval:check_bayes('0.00', '0.10')
        score BAYES_00 -1.9
        tflags BAYES_00 learn nice
        clear_report_template
        report Own report (_HITS_ points, _REQD_ required)
        report _SUMMARY_

        """;
}
