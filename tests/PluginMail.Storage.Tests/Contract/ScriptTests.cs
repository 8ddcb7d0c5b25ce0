using System.Text;

namespace PluginMail.Storage.Tests;

public abstract class ScriptTests<TEngine> : StoreTests<TEngine>
    where TEngine : IStoreEngine, new()
{
    private IScriptStore Scripts => Store.Scripts;

    protected override StoreOptions Options => base.Options with { MaximumScripts = 3, MaximumScriptOctets = 1000 };

    private ValueTask<ScriptChange> PutAsync(string name, string text, bool activate = false) =>
        Scripts.PutAsync(Account, name, Encoding.UTF8.GetBytes(text), activate, None);

    [Fact]
    public async Task One_script_is_active()
    {
        Assert.Null(await Scripts.GetActiveAsync(Account, None));
        Assert.Equal(ScriptChange.Done, await PutAsync("a", "keep;", activate: true));
        Assert.Equal(ScriptChange.Done, await PutAsync("b", "discard;"));
        Assert.Equal([new ScriptInfo("a", true, 5), new ScriptInfo("b", false, 8)], await Scripts.ListAsync(Account, None));
        Assert.Equal("a", (await Scripts.GetActiveAsync(Account, None))!.Name);
        Assert.Equal(ScriptChange.IsActive, await Scripts.DeleteAsync(Account, "a", None));
        Assert.Equal(ScriptChange.Done, await Scripts.ActivateAsync(Account, "b", None));
        Assert.Equal("discard;", Encoding.UTF8.GetString((await Scripts.GetActiveAsync(Account, None))!.Text.Span));
        Assert.Equal(ScriptChange.NotFound, await Scripts.ActivateAsync(Account, "c", None));
        Assert.Equal(ScriptChange.Done, await Scripts.DeleteAsync(Account, "a", None));
        Assert.Equal(ScriptChange.NotFound, await Scripts.DeleteAsync(Account, "a", None));
        Assert.Equal(ScriptChange.Done, await Scripts.ActivateAsync(Account, null, None));
        Assert.Null(await Scripts.GetActiveAsync(Account, None));
    }

    [Fact]
    public async Task A_new_text_has_a_new_version_and_a_rename_keeps_it()
    {
        await PutAsync("a", "keep;", activate: true);
        long version = (await Scripts.GetActiveAsync(Account, None))!.Version;
        await PutAsync("a", "stop;");
        ActiveScript active = (await Scripts.GetActiveAsync(Account, None))!;
        Assert.NotEqual(version, active.Version);
        Assert.Equal(ScriptChange.Done, await Scripts.RenameAsync(Account, "a", "b", None));
        Assert.Equal((active.Version, "b"), ((await Scripts.GetActiveAsync(Account, None))!.Version, (await Scripts.GetActiveAsync(Account, None))!.Name));
        await PutAsync("a", "");
        Assert.Empty((await Scripts.GetAsync(Account, "a", None))!);
        Assert.Null(await Scripts.GetAsync(Account, "c", None));
        Assert.Equal(ScriptChange.AlreadyExists, await Scripts.RenameAsync(Account, "a", "b", None));
        Assert.Equal(ScriptChange.NotFound, await Scripts.RenameAsync(Account, "c", "d", None));
    }

    [Fact]
    public async Task Names_counts_and_sizes_have_bounds()
    {
        Assert.Equal(ScriptChange.InvalidName, await PutAsync("", "x"));
        Assert.Equal(ScriptChange.InvalidName, await PutAsync("a\r\nb", "x"));
        Assert.Equal(ScriptChange.InvalidName, await PutAsync(new string('ä', 300), "x"));
        Assert.Equal(ScriptChange.Done, await PutAsync("1", new string('x', 900)));
        Assert.Equal(ScriptChange.OverQuota, await PutAsync("2", new string('x', 101)));
        Assert.Equal(ScriptChange.Done, await PutAsync("1", new string('x', 1000)));
        await PutAsync("1", "");
        await PutAsync("2", "");
        await PutAsync("3", "");
        Assert.Equal(ScriptChange.OverQuota, await PutAsync("4", ""));
        Assert.Equal(ScriptChange.NotFound, await Scripts.PutAsync(new AccountId(999), "x", default, false, None));
    }
}
