using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace PluginMail.Server.Tests;

/// <summary>The control socket, the lock, and where the socket lies.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ControlTests
{
    [Fact]
    public async Task A_request_gets_its_response_and_the_socket_is_the_owners_alone()
    {
        using var data = new TestData();
        Directory.CreateDirectory(data.Data);
        string path = new DataFolder(data.Data).ControlSocket;
        await using (ControlServer server = ControlServer.Start(path, Echo, NullLogger.Instance))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            var request = new AdminRequest("echo", new Dictionary<string, string> { ["a"] = "ö\n\"" }, ["x", "y"], [0, 1, 255]);
            AdminResponse response = await AdminClient.RunAsync(data.Options, request, CancellationToken.None);
            Assert.Equal("echo ö\n\" x,y 0001FF", response.Message);
            Assert.Equal(1, (await AdminClient.RunAsync(data.Options, request with { Operation = "throw" }, CancellationToken.None)).Status);
        }

        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public async Task What_is_no_request_is_said(string text)
    {
        using var data = new TestData();
        Directory.CreateDirectory(data.Data);
        string path = new DataFolder(data.Data).ControlSocket;
        await using ControlServer server = ControlServer.Start(path, Echo, NullLogger.Instance);
        Assert.Contains("\"status\":2", await SayAsync(path, Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_block_that_is_too_long_is_not_read_and_the_server_goes_on()
    {
        using var data = new TestData();
        Directory.CreateDirectory(data.Data);
        string path = new DataFolder(data.Data).ControlSocket;
        await using ControlServer server = ControlServer.Start(path, Echo, NullLogger.Instance);
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 0xff });
            Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        }

        Assert.Equal(0, (await AdminClient.RunAsync(data.Options, new AdminRequest("echo", new Dictionary<string, string>(), [], null), default)).Status);
    }

    [Fact]
    public async Task Without_a_server_the_operation_runs_on_the_store_and_gives_the_lock_back()
    {
        using var data = new TestData();
        var request = new AdminRequest("domain add", new Dictionary<string, string> { ["domain"] = "example.test" }, [], null);
        Assert.Equal(0, (await AdminClient.RunAsync(data.Options, request, default)).Status);
        Assert.Equal(1, (await AdminClient.RunAsync(data.Options, request, default)).Status);
    }

    [Fact]
    public async Task A_taken_lock_tells_its_holder()
    {
        using var data = new TestData();
        using (DataLock? taken = DataLock.TryTake(data.Data, "pluginmail serve", DateTimeOffset.UnixEpoch, out _))
        {
            Assert.NotNull(taken);
            Assert.Null(DataLock.TryTake(data.Data, "second", DateTimeOffset.UnixEpoch, out string holder));
            Assert.Equal($"pluginmail serve, process {Environment.ProcessId}, since 1970-01-01 00:00:00Z", holder);
            var request = new AdminRequest("domain list", new Dictionary<string, string>(), [], null);
            AdminResponse response = await AdminClient.RunAsync(data.Options, request, default);
            Assert.Equal(1, response.Status);
            Assert.Contains("pluginmail serve", response.Message, StringComparison.Ordinal);
        }

        using DataLock? again = DataLock.TryTake(data.Data, "third", DateTimeOffset.UnixEpoch, out _);
        Assert.NotNull(again);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data.Data));
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_exchanged_for_a_short_one_that_is_the_owners_alone()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"pm-{Guid.NewGuid():n}", new string('d', 100));
        string path = new DataFolder(folder).ControlSocket;
        Assert.True(Encoding.UTF8.GetByteCount(path) <= ControlPath.MaximumLength);
        Assert.Equal(path, new DataFolder(folder).ControlSocket);
        Assert.NotEqual(path, new DataFolder(folder + "e").ControlSocket);
        await using (ControlServer server = ControlServer.Start(path, Echo, NullLogger.Instance))
        {
            Assert.Contains("\"status\":2", await SayAsync(path, "{}"u8.ToArray()), StringComparison.Ordinal);
            string own = Path.GetDirectoryName(path)!;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(own));
        }

        File.SetUnixFileMode(Path.GetDirectoryName(path)!, (UnixFileMode)0b111_111_111);
        Assert.Throws<IOException>(() => ControlServer.Start(path, Echo, NullLogger.Instance));
        Directory.Delete(Path.GetDirectoryName(path)!);
    }

    [Fact]
    public async Task Progress_comes_before_the_response_and_ends_the_operation_where_nobody_listens()
    {
        using var data = new TestData();
        Directory.CreateDirectory(data.Data);
        string path = new DataFolder(data.Data).ControlSocket;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ControlServer server = ControlServer.Start(path, CountAsync, NullLogger.Instance);
        var seen = new List<AdminProgress>();
        AdminResponse response = await AdminClient.RunAsync(
            data.Options,
            configurationPath: null,
            Count("3"),
            (progress, _) =>
            {
                seen.Add(progress);
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);
        Assert.Equal("counted", response.Message);
        Assert.Equal([new(1, 3), new(2, 3), new(3, 3)], seen);
        await Assert.ThrowsAsync<IOException>(() => AdminClient.RunAsync(
            data.Options, null, Count("1000000000"), (_, _) => throw new IOException("Ctrl-C"), CancellationToken.None));
        await ended.Task.WaitAsync(TimeSpan.FromMinutes(2));

        static AdminRequest Count(string to) => new("count", new Dictionary<string, string> { ["to"] = to }, [], null);

        async Task<AdminResponse> CountAsync(AdminRequest request, ReportProgress progress, CancellationToken cancellationToken)
        {
            long to = long.Parse(request["to"], System.Globalization.CultureInfo.InvariantCulture);
            try
            {
                for (long i = 1; i <= to; i++)
                {
                    await progress(new AdminProgress(i, to), cancellationToken);
                }

                return AdminResponse.Done("counted");
            }
            catch (IOException)
            {
                ended.SetResult();
                throw;
            }
        }
    }

    [Fact]
    public async Task A_server_that_ends_before_it_answers_is_said_to_have_ended()
    {
        using var data = new TestData();
        Directory.CreateDirectory(data.Data);
        string path = new DataFolder(data.Data).ControlSocket;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task<AdminResponse> asked = AdminClient.RunAsync(data.Options, new AdminRequest("echo", new Dictionary<string, string>(), [], null), default);
        using (Socket server = await listener.AcceptAsync())
        {
            Assert.True(await server.ReceiveAsync(new byte[4]) > 0);
        }

        AdminResponse response = await asked;
        Assert.Equal((1, "the server ended before it answered: what was asked may be done, or not"), (response.Status, response.Message));
    }

    [Theory]
    [InlineData("plugin run", true)]
    [InlineData("domain add", false)]
    public async Task A_command_of_a_plugin_ends_with_its_client_and_what_changes_the_store_does_not(string operation, bool ends)
    {
        using var data = new TestData();
        Directory.CreateDirectory(data.Data);
        string path = new DataFolder(data.Data).ControlSocket;
        var begun = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var proceed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ControlServer server = ControlServer.Start(path, RunAsync, NullLogger.Instance);
        using var client = new CancellationTokenSource();
        Task<AdminResponse> asked = AdminClient.RunAsync(data.Options, new AdminRequest(operation, new Dictionary<string, string>(), [], null), client.Token);
        CancellationToken token = await begun.Task.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.False(token.IsCancellationRequested);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        if (ends)
        {
            await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(2));
        }

        // A whole request later the other one is not cancelled either.
        var second = new AdminRequest("echo", new Dictionary<string, string>(), [], null);
        Assert.Equal(0, (await AdminClient.RunAsync(data.Options, second, CancellationToken.None)).Status);
        Assert.Equal(ends, token.IsCancellationRequested);
        proceed.SetResult();

        async Task<AdminResponse> RunAsync(AdminRequest request, ReportProgress progress, CancellationToken cancellationToken)
        {
            if (request.Operation != "echo")
            {
                begun.SetResult(cancellationToken);
                await proceed.Task;
            }

            return AdminResponse.Done("done");
        }
    }

    private static Task<AdminResponse> Echo(AdminRequest request, ReportProgress progress, CancellationToken cancellationToken) => request.Operation == "throw"
        ? throw new InvalidOperationException("a bug")
        : Task.FromResult(AdminResponse.Done(
            $"{request.Operation} {request.Find("a")} {string.Join(',', request.Items)} {Convert.ToHexString(request.Data ?? [])}"));

    private static async Task<string> SayAsync(string path, byte[] block)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await using var stream = new NetworkStream(socket);
        await ControlWire.WriteAsync(stream, block, default);
        return Encoding.UTF8.GetString(await ControlWire.ReadAsync(stream, 1 << 20, default));
    }
}
