using PluginMail.Abstractions;
using PluginMail.Plugins.Scripts;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Scripts;

/// <summary>A script in the place of a plugin: errors, reload, files that it loads, limits.</summary>
public sealed class ScriptHostTests
{
    [Fact]
    public async Task All_errors_are_told_at_once_each_with_file_line_and_column()
    {
        await using var bench = new ScriptBench();
        bench.Write("lib/words.csx", "int Broken() => \"text\";\n");
        string error = Assert.Single(await bench.RunAsync("#load \"lib/words.csx\"\nOnMessage(message => Pas);\nvar x = 1\n"));
        Assert.Contains($"{bench.Folder}/tag.csx(2,22): error CS0103", error, StringComparison.Ordinal);
        Assert.Contains($"{bench.Folder}/tag.csx(3,10): error CS1002", error, StringComparison.Ordinal);
        Assert.Equal(PluginState.Failed, bench.Status().State);

        error = Assert.Single(await bench.RunAsync("#load \"lib/words.csx\"\nOnMessage(message => Pass);\n"));
        Assert.Contains($"{bench.Folder}/lib/words.csx(1,17): error CS0029", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#r \"nuget: Newtonsoft.Json, 13.0.3\"", "(1,1): error: \"nuget: Newtonsoft.Json, 13.0.3\" is a package")]
    [InlineData("#r \"lib/none.dll\"", "(1,1): error: \"lib/none.dll\" cannot be read")]
    [InlineData("#r \"Unheard.Of\"", "(1,1): error: \"Unheard.Of\" is neither an assembly of the framework")]
    [InlineData("#r \"../other.dll\"", "(1,1): error: \"../other.dll\" lies outside")]
    [InlineData("#load \"../other.csx\"", "error: \"../other.csx\" lies outside of the script's folder")]
    [InlineData("#load \"none.csx\"", "error: \"none.csx\" cannot be read")]
    public async Task A_directive_that_leads_nowhere_says_why(string directive, string expected)
    {
        await using var bench = new ScriptBench();
        Assert.Contains(expected, Assert.Single(await bench.RunAsync($"{directive}\nOnMessage(message => Pass);\n")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_loads_itself_is_told_so_and_nothing_else()
    {
        await using var bench = new ScriptBench();
        string error = Assert.Single(await bench.RunAsync("\n#load \"./tag.csx\"\nint One() => 1;\nOnMessage(message => Pass);\n"));
        Assert.EndsWith($": {bench.Folder}/tag.csx(2,7): error: \"./tag.csx\" makes a file load itself: tag.csx → tag.csx", error, StringComparison.Ordinal);

        bench.Write("lib/a.csx", "#load \"b.csx\"\nint A() => 1;\n");
        bench.Write("lib/b.csx", "\n#load \"a.csx\"\nint B() => 1;\n");
        error = Assert.Single(await bench.RunAsync("#load \"lib/a.csx\"\nOnMessage(message => Pass);\n"));
        Assert.EndsWith(
            $": {bench.Folder}/lib/b.csx(2,7): error: \"a.csx\" makes a file load itself: lib/a.csx → lib/b.csx → lib/a.csx", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_two_others_load_is_loaded_once()
    {
        await using var bench = new ScriptBench();
        bench.Write("word.csx", "string Word() => \"one\";");
        bench.Write("a.csx", "#load \"word.csx\"\n");
        Assert.Empty(await bench.RunAsync("#load \"a.csx\"\n#load \"word.csx\"\nOnMessage(message => Tag(Word()));\n"));
        Assert.Equal("one", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task Directives_in_comments_are_comments()
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.RunAsync("/*\n#r \"nuget: A, 1\"\n#load \"none.csx\"\n*/\nOnMessage(message => Pass);\n"));
    }

    [Fact]
    public async Task A_script_uses_assemblies_beside_it_and_of_the_framework()
    {
        await using var bench = new ScriptBench();
        Directory.CreateDirectory(Path.Combine(bench.Folder, "lib"));
        File.Copy(Path.Combine(PluginBench.Built, "Needy", "Gadget.dll"), Path.Combine(bench.Folder, "lib", "Gadget.dll"));
        Assert.Empty(await bench.RunAsync("""
            #r "lib/Gadget.dll"
            #r "System.Text.Json"
            using System.Text.Json;
            var names = Gadget.Gadgets.Text;
            OnMessage(message => Tag(JsonDocument.Parse($"[\"{names}\"]").RootElement[0].GetString()!));
            """));
        var answer = await bench.CheckAsync();
        Assert.Null(answer.Fault);
        Assert.Equal("a gadget", answer.Version());
    }

    [Fact]
    public async Task An_assembly_of_a_package_for_an_older_framework_is_no_warning()
    {
        await using var bench = new ScriptBench();
        Directory.CreateDirectory(Path.Combine(bench.Folder, "lib"));
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Newtonsoft.Json.dll"), Path.Combine(bench.Folder, "lib", "Newtonsoft.Json.dll"));
        string script = bench.Write("tag.csx", """
            #r "lib/Newtonsoft.Json.dll"
            OnMessage(message => Tag(Newtonsoft.Json.Linq.JObject.Parse("{\"a\":\"b\"}")["a"]!.ToString()));
            """);
        Assert.Empty(ScriptChecker.Check(script, CancellationToken.None));
    }

    [Fact]
    public async Task A_changed_script_and_a_changed_file_that_it_loads_take_effect_by_themselves()
    {
        await using var bench = new ScriptBench(PluginBench.Watching);
        bench.Write("lib/word.csx", "string Word() => \"one\";");
        Assert.Empty(await bench.RunAsync("#load \"lib/word.csx\"\nOnMessage(message => Tag(Word()));\n"));
        Assert.Equal("one", (await bench.CheckAsync()).Version());

        bench.Write("lib/word.csx", "string Word() => \"two\";");
        await PluginBench.UntilAsync(() => bench.Status().Generation == 2, "the loaded file's change serves");
        Assert.Equal("two", (await bench.CheckAsync()).Version());

        string renamed = bench.Write("new", "#load \"lib/word.csx\"\nOnMessage(message => Tag(Word() + \"!\"));\n");
        File.Move(renamed, Path.Combine(bench.Folder, "tag.csx"), overwrite: true);
        await PluginBench.UntilAsync(() => bench.Status().Generation == 3, "the script's change serves");
        Assert.Equal("two!", (await bench.CheckAsync()).Version());
        await bench.Plugins.UntilUnloadedAsync();
    }

    [Fact]
    public async Task A_folder_that_is_made_or_exchanged_whole_is_noticed()
    {
        await using var bench = new ScriptBench(options => PluginBench.Watching(options) with { LookPeriod = TimeSpan.FromMilliseconds(100) });
        const string Script = "#load \"lib/word.csx\"\nOnMessage(message => Tag(Word()));\n";
        string live = bench.Write("live/tag.csx", Script);
        Assert.Contains("cannot be read", Assert.Single(await bench.ApplyAsync(live)), StringComparison.Ordinal);
        bench.Write("live/lib/word.csx", "string Word() => \"one\";");
        await PluginBench.UntilAsync(() => bench.Status().State == PluginState.Running, "the missing folder was made");
        Assert.Equal("one", (await bench.CheckAsync()).Version());

        bench.Write("next/tag.csx", Script);
        bench.Write("next/lib/word.csx", "string Word() => \"two\";");
        int generation = bench.Status().Generation;
        Directory.Move(Path.Combine(bench.Folder, "live"), Path.Combine(bench.Folder, "former"));
        Directory.Move(Path.Combine(bench.Folder, "next"), Path.Combine(bench.Folder, "live"));
        await PluginBench.UntilAsync(() => bench.Status() is { State: PluginState.Running } status && status.Generation > generation, "the folders were exchanged");
        Assert.Equal("two", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task A_watch_that_is_renewed_is_on_the_folder_that_has_the_name_now()
    {
        string root = Directory.CreateTempSubdirectory("watch-").FullName;
        string release = Directory.CreateDirectory(Path.Combine(root, "1")).FullName;
        string next = Directory.CreateDirectory(Path.Combine(root, "2")).FullName;
        string current = Path.Combine(root, "current");
        Directory.CreateSymbolicLink(current, release);
        int changes = 0;
        using var loggers = new ListLoggers();
        using var watch = new ScriptWatch(_ => Interlocked.Increment(ref changes), loggers.CreateLogger("watch"));
        watch.Watch([("tag", [Path.Combine(current, "tag.csx"), Path.Combine(root, "later", "word.csx")])]);
        Assert.Equal(1, changes); // what may have changed before it was watched
        watch.Renew();
        Assert.Equal(1, changes);

        Directory.Delete(current);
        Directory.CreateSymbolicLink(current, next);
        watch.Renew();
        Assert.Equal(2, changes);
        await File.WriteAllTextAsync(Path.Combine(next, "tag.csx"), "x");
        await PluginBench.UntilAsync(() => Volatile.Read(ref changes) > 2, "the link's new folder is watched");

        watch.Renew();
        int before = Volatile.Read(ref changes);
        Directory.CreateDirectory(Path.Combine(root, "later"));
        watch.Renew();
        Assert.True(Volatile.Read(ref changes) > before);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task A_broken_version_leaves_the_old_one_serving_until_it_is_repaired_or_taken_back()
    {
        await using var bench = new ScriptBench(PluginBench.Watching);
        const string Good = "OnMessage(message => Tag(\"good\"));";
        Assert.Empty(await bench.RunAsync(Good));
        bench.Write("tag.csx", "OnMessage(message => Tag(\"broken\");");
        await PluginBench.UntilAsync(() => bench.Status().State == PluginState.RunningOld, "the error is told");
        Assert.Contains("tag.csx(1,35): error CS1026", bench.Status().LastError!, StringComparison.Ordinal);
        Assert.True(bench.Plugins.Logged(Microsoft.Extensions.Logging.LogLevel.Error, "tag.csx(1,35): error CS1026"));
        Assert.Equal("good", (await bench.CheckAsync()).Version());
        bench.Write("tag.csx", Good);
        await PluginBench.UntilAsync(() => bench.Status().State == PluginState.Running, "it was taken back");
        Assert.Equal(1, bench.Status().Generation);
        bench.Write("tag.csx", "throw new InvalidOperationException(\"not today\");");
        Assert.Contains("tag.csx(1): InvalidOperationException: not today", await bench.Host.ReloadAsync("tag", CancellationToken.None), StringComparison.Ordinal);
        Assert.Equal("good", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task A_fault_tells_file_and_line()
    {
        await using var bench = new ScriptBench();
        bench.Write("deep.csx", "string Fail(string text)\n{\n    throw new ArgumentException(text);\n}\n");
        Assert.Empty(await bench.RunAsync("#load \"deep.csx\"\nOnMessage(message =>\n    Tag(Fail(\"abc\")));\n"));
        var answer = await bench.CheckAsync();
        Assert.Contains($"{bench.Folder}/deep.csx(3): ArgumentException: abc", answer.Fault!, StringComparison.Ordinal);
        Assert.IsType<Decision.Defer>(answer.Value.Decision);
    }

    [Fact]
    public async Task Settings_are_the_scripts_own_and_a_mistake_in_them_is_told()
    {
        await using var bench = new ScriptBench();
        const string Script = "var word = Settings.GetString(\"word\", \"none\");\nOnMessage(message => Tag(word));";
        Assert.Empty(await bench.RunAsync(Script, ("word", "mine")));
        Assert.Equal("mine", (await bench.CheckAsync()).Version());
        Assert.Contains("unknown key wrod", Assert.Single(await bench.RunAsync(Script, ("wrod", "x"))), StringComparison.Ordinal);
        Assert.Equal("mine", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task A_call_that_never_comes_back_ends_for_its_session_at_the_time_limit()
    {
        await using var bench = new ScriptBench(options => options with { DrainLimit = TimeSpan.FromMilliseconds(100) });
        bench.Write("tag.csx", """
            var calls = 0;
            OnMessage(message =>
            {
                if (Interlocked.Increment(ref calls) > 10)
                {
                    using var never = new ManualResetEventSlim();
                    never.Wait();
                }

                return Pass;
            });
            """);
        var settings = ScriptBench.Settings(Path.Combine(bench.Folder, "tag.csx")) with { TimeLimit = TimeSpan.FromSeconds(3) };
        Assert.Empty(await bench.Plugins.ApplyAsync(settings));
        for (int i = 0; i < 10; i++)
        {
            Assert.Null((await bench.CheckAsync()).Fault);
        }

        Assert.Contains("no answer within", (await bench.CheckAsync()).Fault!, StringComparison.Ordinal);
        Assert.Equal(1, bench.Status().Timeouts);
    }

    [Fact]
    public async Task Recursion_without_end_is_a_fault_and_not_the_servers_end()
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.RunAsync("int Down(int n) => Down(n + 1) + 1;\nOnMessage(message => Tag($\"{Down(0)}\"));\n"));
        Assert.Contains("InsufficientExecutionStackException", (await bench.CheckAsync()).Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_are_registered_at_the_start_alone_and_stop_is_called_at_the_end()
    {
        await using var bench = new ScriptBench();
        Assert.Empty(await bench.RunAsync("""
            OnStop(async () => { await State.AddAsync("stopped", 1, TimeSpan.FromDays(1), default); });
            OnMessage(message =>
            {
                OnMessage(inner => Pass);
                return Pass;
            });
            """));
        Assert.Contains("while the script starts", (await bench.CheckAsync()).Fault!, StringComparison.Ordinal);
        Assert.Empty(await bench.Plugins.ApplyAsync());
        await PluginBench.UntilAsync(() => bench.Plugins.State.Counters.ContainsKey("stopped"), "it was stopped");
    }
}
