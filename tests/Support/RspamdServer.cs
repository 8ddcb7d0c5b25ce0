using System.Globalization;
using System.Text.Json;

namespace PluginMail.Testing;

/// <summary>A real Rspamd with a rule of its own, a controller and a Bayes database, in a temporary folder; without Redis and without DNS.</summary>
internal sealed class RspamdServer : IAsyncDisposable
{
    public const string ControllerPassword = "q-secret-of-the-controller";

    private static readonly string[] Paths = ["/usr/bin/rspamd", "/usr/local/bin/rspamd"];
    private readonly string _folder;
    private readonly DaemonProcess _process;

    private RspamdServer(string folder, string tcp, string controller, DaemonProcess process)
    {
        _folder = folder;
        _process = process;
        Tcp = tcp;
        Controller = controller;
    }

    /// <summary>The worker that scans.</summary>
    public string Tcp { get; }

    /// <summary>The same.</summary>
    public string Unix => $"unix:{_folder}/rspamd.sock";

    /// <summary>The worker that learns.</summary>
    public string Controller { get; }

    /// <summary>The file with its password.</summary>
    public string PasswordFile => Path.Combine(_folder, "password");

    /// <summary>Starts one; skips the test where it is not installed.</summary>
    public static async Task<RspamdServer> StartAsync()
    {
        string program = DaemonProcess.Require("rspamd", Paths);
        string folder = Directory.CreateTempSubdirectory("rspamd-").FullName;
        var (tcp, controller) = (FreePort.Next(), FreePort.Next());
        await File.WriteAllTextAsync(Path.Combine(folder, "own.lua"), Rule);

        // The real list of suffixes takes it most of a minute to compile.
        await File.WriteAllTextAsync(Path.Combine(folder, "suffixes"), "com\norg\nexample\ntest\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "password"), ControllerPassword + "\n");

        // Where two workers make the database at once, one of them may go on without: the one that learns makes it, alone.
        await using (await RunAsync(program, folder, Configuration(folder, controller), controller))
        {
            await AskAsync(DaemonProcess.Loopback(controller));
        }

        string scanner = $"worker \"normal\" {{ bind_socket = \"127.0.0.1:{tcp}\"; bind_socket = \"{folder}/rspamd.sock mode=0666\"; count = 1; }}\n";
        var process = await RunAsync(program, folder, Configuration(folder, controller) + scanner, controller);
        return new RspamdServer(folder, DaemonProcess.Loopback(tcp), DaemonProcess.Loopback(controller), process);
    }

    /// <summary>What it has said.</summary>
    public string Output => _process.Output;

    /// <summary>How many messages its Bayes filter has learned.</summary>
    public async Task<(int Spam, int Ham)> LearnedAsync()
    {
        using var stat = JsonDocument.Parse(await AskAsync(Controller));
        var learned = stat.RootElement.GetProperty("statfiles").EnumerateArray()
            .ToDictionary(file => file.GetProperty("symbol").GetString()!, file => file.GetProperty("revision").GetInt32());
        return (learned.GetValueOrDefault("BAYES_SPAM"), learned.GetValueOrDefault("BAYES_HAM")); // not there before a worker has looked at its statistics
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<DaemonProcess> RunAsync(string program, string folder, string configuration, int port)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "rspamd.conf"), configuration);
        return await DaemonProcess.StartAsync(
            program, port, ["-f", "-i", "-c", $"{folder}/rspamd.conf", $"--var=DBDIR={folder}", $"--var=RUNDIR={folder}", $"--var=LOGDIR={folder}"]);
    }

    private static async Task<string> AskAsync(string controller)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{controller}/stat");
        request.Headers.Add("Password", ControllerPassword);
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>What a message's subject asks for is done: <c>do:reject</c>, <c>do:soft reject</c> and so on; <c>points:N</c> scores.</summary>
    private const string Rule = """
        rspamd_config.OWN_RULE = {
          callback = function(task)
            local subject = task:get_header('Subject') or ''
            local points = subject:match('points:(%-?%d+)')
            if points then
              task:insert_result('OWN_POINTS', tonumber(points), 'asked')
            end
            local ip = task:get_from_ip()
            local seen = string.format('%s|%s|%s|%s|%s|%s|%s', tostring(ip), task:get_helo() or '', task:get_hostname() or '',
              (task:get_from('smtp') or {{}})[1].addr or '', (task:get_recipients('smtp') or {{}})[1].addr or '', task:get_user() or '', task:get_queue_id() or '')
            if subject:find('Grüße', 1, true) then
              task:set_milter_reply({
                add_headers = { ['X-Words'] = require('rspamd_util').mime_header_encode('Grüße') },
                remove_headers = { ['X-Old'] = { 1, 3 }, ['X-Last'] = -1 },
              })
            end
            if subject:find('server', 1, true) then
              local told = { tostring(task:get_request_header('MTA-Name')), tostring(task:get_request_header('TLS-Version')),
                tostring(task:get_request_header('TLS-Cipher')), tostring(#(task:get_recipients('smtp') or {})) }
              task:set_milter_reply({ add_headers = { ['X-Told'] = table.concat(told, '|') } })
            end
            if subject:find('milter', 1, true) then
              task:set_milter_reply({
                add_headers = { ['X-Own'] = seen, ['X-Folded'] = { value = 'one\r\n two', order = 1 } },
                remove_headers = { ['X-Old'] = 0 },
                change_from = 'changed@example.org',
              })
            end
            local action = subject:match('do:([a-z ]+)')
            if action then
              task:set_pre_result({ action = action, message = 'Own words', module = 'own' })
            end
          end,
          score = 1.0,
          type = 'prefilter',
        }
        rspamd_config:set_metric_symbol({ name = 'OWN_POINTS', score = 1.0, description = 'Own points' })
        """;

    private static string Configuration(string folder, int controller) => string.Create(CultureInfo.InvariantCulture, $$"""
        lua = "$RULESDIR/rspamd.lua";
        lua = "{{folder}}/own.lua";
        options {
          filters = "";
          dns { nameserver = ["127.0.0.1:9:1"]; timeout = 0.1s; retransmits = 1; }
          control_socket = "{{folder}}/control.sock mode=0600";
          pidfile = "{{folder}}/rspamd.pid";
          url_tld = "{{folder}}/suffixes";
          disable_hyperscan = true;
          history_rows = 10;
        }
        logging { type = "console"; level = "warning"; }
        worker "controller" { bind_socket = "127.0.0.1:{{controller}}"; password = "{{ControllerPassword}}"; secure_ip = []; count = 1; }
        classifier "bayes" {
          tokenizer { name = "osb"; }
          backend = "sqlite3";
          min_tokens = 1;
          min_learns = 1;
          autolearn = false;
          cache { path = "{{folder}}/cache.sqlite"; }
          statfile { symbol = "BAYES_HAM"; path = "{{folder}}/ham.sqlite"; spam = false; }
          statfile { symbol = "BAYES_SPAM"; path = "{{folder}}/spam.sqlite"; spam = true; }
        }
        actions { reject = 15; rewrite_subject = 8; add_header = 6; greylist = 4; }

        """);
}
