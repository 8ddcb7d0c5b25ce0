using PluginMail.Plugins.Scripts;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Scripts;

/// <summary>Compiled scripts on disk: used again, made anew where they must be, and not kept for ever.</summary>
public sealed class ScriptCacheTests : IDisposable
{
    private const string Script = "#load \"word.csx\"\nOnMessage(message => Tag(Word));\n";
    private readonly string _cache = Directory.CreateTempSubdirectory("script-cache-").FullName;

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    [Fact]
    public async Task What_was_compiled_is_used_again_until_a_file_of_it_changes()
    {
        await using var bench = new ScriptBench(cache: _cache);
        bench.Write("word.csx", "var Word = \"one\";");
        Assert.Empty(await bench.RunAsync(Script));
        var made = File.GetLastWriteTimeUtc(Assert.Single(Compiled()));
        Assert.Null(await bench.Host.ReloadAsync("tag", CancellationToken.None));
        Assert.Equal(made, File.GetLastWriteTimeUtc(Assert.Single(Compiled())));
        bench.Write("word.csx", "var Word = \"two\";");
        Assert.Null(await bench.Host.ReloadAsync("tag", CancellationToken.None));
        Assert.Equal(2, Compiled().Length);
        Assert.Equal("two", (await bench.CheckAsync()).Version());
        bench.Write("word.csx", "var Word = \"one\";");
        Assert.Null(await bench.Host.ReloadAsync("tag", CancellationToken.None));
        Assert.Equal(2, Compiled().Length);
        Assert.Equal("one", (await bench.CheckAsync()).Version());
    }

    [Fact]
    public async Task What_a_crash_cut_off_is_compiled_anew()
    {
        await using var bench = new ScriptBench(cache: _cache);
        bench.Write("word.csx", "var Word = \"one\";");
        Assert.Empty(await bench.RunAsync(Script));
        string file = Assert.Single(Compiled());
        foreach (int length in new[] { 0, 100, (int)new FileInfo(file).Length - 200 })
        {
            await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..length]);
            Assert.Null(await bench.Host.ReloadAsync("tag", CancellationToken.None));
            Assert.Equal("one", (await bench.CheckAsync()).Version());
        }
    }

    [Fact]
    public async Task The_last_four_of_a_script_are_kept()
    {
        await using var bench = new ScriptBench(cache: _cache);
        bench.Write("word.csx", "var Word = \"0\";");
        Assert.Empty(await bench.RunAsync(Script));
        for (int i = 1; i <= 5; i++)
        {
            bench.Write("word.csx", $"var Word = \"{i}\";");
            Assert.Null(await bench.Host.ReloadAsync("tag", CancellationToken.None));
        }

        Assert.Equal(4, Compiled().Length);
        await bench.Plugins.UntilUnloadedAsync();
    }

    [Fact]
    public void The_one_just_made_is_kept_though_the_clock_was_set_back()
    {
        for (int i = 0; i < 5; i++)
        {
            Directory.SetLastWriteTimeUtc(Directory.CreateDirectory(Path.Combine(_cache, "tag", $"{i}")).FullName, DateTime.MaxValue.AddYears(-7_000));
        }

        Assert.True(Directory.Exists(new ScriptCache(_cache).Store("tag", "made", [1], new Dictionary<string, byte[]>()).Path));
        Assert.Equal(4, Directory.GetDirectories(Path.Combine(_cache, "tag")).Length);
    }

    [Fact]
    public async Task What_is_no_assembly_is_an_error_of_the_script()
    {
        await using var bench = new ScriptBench(cache: _cache);
        bench.Write("none.dll", "no assembly");
        Assert.Contains("error CS0009", Assert.Single(await bench.RunAsync("#r \"none.dll\"\nOnMessage(message => Pass);\n")), StringComparison.Ordinal);
        Assert.Empty(Compiled());
    }

    private string[] Compiled() => Directory.GetFiles(_cache, "tag.dll", SearchOption.AllDirectories);
}
