using PluginMail.Testing;

namespace PluginMail.Configuration.Tests;

public sealed class ConfigurationWatcherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginmail-configuration-").FullName;
    private readonly List<ConfigurationResult> _results = [];
    private readonly FakeTime _clock = new();
    private readonly string _file;

    public ConfigurationWatcherTests()
    {
        _file = Path.Combine(_folder, "mail.toml");
        Write(5);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Change_is_read_when_the_file_has_been_left_alone()
    {
        using var watcher = Watch();
        Write(6);
        watcher.Touch();
        _clock.Advance(ConfigurationWatcher.Debounce / 2);
        watcher.Touch();
        _clock.Advance(ConfigurationWatcher.Debounce / 2);
        Assert.Empty(_results);
        AdvanceUntilRead();
        Assert.True(Assert.Single(_results).IsUsable);
        Assert.Equal(6, watcher.Current.Limits.Errors);
    }

    [Fact]
    public void File_with_errors_leaves_the_old_options_serving()
    {
        using var watcher = Watch();
        File.WriteAllText(_file, "[limits]\nerrors = \"many\"\n");
        watcher.Touch();
        AdvanceUntilRead();
        Assert.Single(Assert.Single(_results).Errors);
        Assert.Equal(5, watcher.Current.Limits.Errors);
        Write(7);
        Assert.True(watcher.Reload().IsUsable);
        Assert.Equal(7, watcher.Current.Limits.Errors);
        Assert.Equal(2, _results.Count);
    }

    [Fact]
    public void Unchanged_or_missing_file_is_not_read_again()
    {
        using var watcher = Watch();
        Write(5);
        watcher.Touch();
        _clock.Advance(ConfigurationWatcher.Debounce);
        File.Delete(_file);
        watcher.Touch();
        _clock.Advance(ConfigurationWatcher.Debounce);
        Assert.Empty(_results);
        Assert.False(watcher.Reload().IsUsable);
        Assert.Equal(5, watcher.Current.Limits.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Operating_system_tells_of_a_write_and_of_a_file_renamed_over_it(bool rename)
    {
        var reloaded = new TaskCompletionSource<ConfigurationResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var current = ConfigurationFile.Load(_file).Options!;
        using var watcher = new ConfigurationWatcher(_file, current, result => reloaded.TrySetResult(result), TimeProvider.System);
        string target = rename ? Path.Combine(_folder, "mail.toml.new") : _file;
        await File.WriteAllTextAsync(target, "[limits]\nerrors = 8\n");
        if (rename)
        {
            File.Move(target, _file, overwrite: true);
        }

        var result = await reloaded.Task.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(result.IsUsable);
        Assert.Equal(8, watcher.Current.Limits.Errors);
    }

    /// <summary>More than once where the operating system tells of the same write meanwhile, from which on it waits again.</summary>
    private void AdvanceUntilRead()
    {
        for (int i = 0; i < 1000 && _results.Count == 0; i++)
        {
            _clock.Advance(ConfigurationWatcher.Debounce);
        }
    }

    private ConfigurationWatcher Watch() => new(_file, ConfigurationFile.Load(_file).Options!, _results.Add, _clock);

    private void Write(int errors) => File.WriteAllText(_file, $"[limits]\nerrors = {errors}\n");
}
