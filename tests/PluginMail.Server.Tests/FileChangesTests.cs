using PluginMail.Testing;

namespace PluginMail.Server.Tests;

/// <summary>Files that are read again when they change: the certificate's.</summary>
public sealed class FileChangesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pm-").FullName;
    private readonly FakeTime _clock = new();
    private int _changes;
    private bool _isUsable = true;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_change_is_read_when_the_files_were_left_alone()
    {
        using FileChanges changes = Watch();
        File.WriteAllText(Certificate, "new");
        changes.Touch();
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        changes.Touch();
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(0, _changes);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, _changes);
        changes.Touch();
        _clock.Advance(FileChanges.Debounce);
        Assert.Equal(1, _changes); // touched, not changed
    }

    [Fact]
    public void Half_of_a_pair_is_tried_again_with_the_other_half()
    {
        using FileChanges changes = Watch();
        _isUsable = false;
        File.WriteAllText(Certificate, "new");
        changes.Touch();
        _clock.Advance(FileChanges.Debounce);
        Assert.Equal(1, _changes);
        _isUsable = true;
        changes.Touch();
        _clock.Advance(FileChanges.Debounce);
        Assert.Equal(2, _changes);
    }

    [Fact]
    public void A_file_that_is_gone_changes_nothing()
    {
        using FileChanges changes = Watch();
        File.Delete(Certificate);
        changes.Touch();
        _clock.Advance(FileChanges.Debounce);
        Assert.Equal(0, _changes);
    }

    [Fact]
    public async Task A_file_that_another_takes_the_place_of_is_noticed()
    {
        string key = Path.Combine(_folder, "key.pem");
        File.WriteAllText(Certificate, "old");
        File.WriteAllText(key, "old");
        var noticed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var changes = new FileChanges([Certificate, key], () => noticed.TrySetResult(), TimeProvider.System);
        File.WriteAllText(Certificate + ".new", "new");
        File.Move(Certificate + ".new", Certificate, overwrite: true);
        await noticed.Task.WaitAsync(TimeSpan.FromMinutes(2));
    }

    private string Certificate => Path.Combine(_folder, "certificate.pem");

    private FileChanges Watch()
    {
        string key = Path.Combine(_folder, "key.pem");
        File.WriteAllText(Certificate, "old");
        File.WriteAllText(key, "old");
        return new FileChanges([Certificate, key], Read, _clock);
    }

    private bool Read()
    {
        _changes++;
        return _isUsable;
    }
}
