using PluginMail.Plugins.Roles;
using PluginMail.Testing.Plugins;

namespace PluginMail.Plugins.Tests.Roles;

public sealed class WorkersTests
{
    [Fact]
    public async Task No_more_threads_than_allowed_and_all_work_is_done()
    {
        const int maximum = 2;
        const int items = 8;
        using var workers = new Workers("test", maximum, Unexpected);
        using var open = new ManualResetEventSlim();
        using var started = new CountdownEvent(maximum);
        var done = new TaskCompletionSource();
        var (running, most, left) = (0, 0, items);
        for (int i = 0; i < items; i++)
        {
            workers.Enqueue(() =>
            {
                int now = Interlocked.Increment(ref running);
                lock (done)
                {
                    most = Math.Max(most, now);
                }

                if (!started.IsSet)
                {
                    started.Signal();
                }

                open.Wait(CancellationToken.None);
                Interlocked.Decrement(ref running);
                if (Interlocked.Decrement(ref left) == 0)
                {
                    done.SetResult();
                }

                return Task.CompletedTask;
            });
        }

        Assert.True(started.Wait(PluginBench.Patience, CancellationToken.None));
        open.Set();
        await done.Task.WaitAsync(PluginBench.Patience);
        Assert.Equal(maximum, most);
    }

    [Fact]
    public async Task Work_that_comes_after_the_end_is_still_done()
    {
        var workers = new Workers("test", 1, Unexpected);
        workers.Dispose();
        var done = new TaskCompletionSource();
        workers.Enqueue(() =>
        {
            done.SetResult();
            return Task.CompletedTask;
        });
        await done.Task.WaitAsync(PluginBench.Patience);
    }

    [Fact]
    public async Task What_work_sets_ambient_does_not_stay_on_the_thread()
    {
        using var workers = new Workers("test", 1, Unexpected);
        var ambient = new AsyncLocal<string?>();
        var seen = new TaskCompletionSource<string?>();
        workers.Enqueue(async () =>
        {
            ambient.Value = "left behind";
            await Task.CompletedTask;
        });
        workers.Enqueue(async () =>
        {
            seen.SetResult(ambient.Value);
            await Task.CompletedTask;
        });
        Assert.Null(await seen.Task.WaitAsync(PluginBench.Patience));
    }

    [Fact]
    public async Task What_was_awaited_goes_on_on_the_threads_even_where_all_that_begin_work_are_blocked()
    {
        using var workers = new Workers("test", 1, Unexpected);
        var names = new TaskCompletionSource<(string?, string?)>();
        workers.Enqueue(async () =>
        {
            async Task<string?> NameAsync()
            {
                await Task.Yield();
                return Thread.CurrentThread.Name;
            }

            string? inner = NameAsync().GetAwaiter().GetResult(); // blocks the only thread that begins work
            await Task.Yield();
            names.SetResult((inner, Thread.CurrentThread.Name));
        });
        Assert.Equal(("test", "test"), await names.Task.WaitAsync(PluginBench.Patience));
    }

    [Fact]
    public async Task An_exception_that_nobody_awaits_ends_no_thread()
    {
        var told = new TaskCompletionSource<Exception>();
        using var workers = new Workers("test", 1, told.SetResult);
        workers.Enqueue(() =>
        {
            async void Throw()
            {
                await Task.Yield();
                throw new InvalidOperationException("lost");
            }

            Throw();
            return Task.CompletedTask;
        });
        Assert.Equal("lost", (await told.Task.WaitAsync(PluginBench.Patience)).Message);
        var done = new TaskCompletionSource();
        workers.Enqueue(() =>
        {
            done.SetResult();
            return Task.CompletedTask;
        });
        await done.Task.WaitAsync(PluginBench.Patience);
    }

    private static void Unexpected(Exception e) => Assert.Fail(e.ToString());
}
