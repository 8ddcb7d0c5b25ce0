using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Configuration.Options;

namespace PluginMail.Server;

/// <summary>Runs operations from the command line: through the running server, or on the store itself where none runs.</summary>
internal static class AdminClient
{
    private const int MaximumResponse = 256 << 20;

    public static Task<AdminResponse> RunAsync(MailServerOptions options, AdminRequest request, CancellationToken cancellationToken) =>
        RunAsync(options, configurationPath: null, request, static (_, _) => ValueTask.CompletedTask, cancellationToken);

    /// <summary>Runs an operation that may tell how far it is.</summary>
    /// <param name="options">What mail.toml says.</param>
    /// <param name="configurationPath">mail.toml, for operations that write to it where no server runs.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<AdminResponse> RunAsync(
        MailServerOptions options, string? configurationPath, AdminRequest request, ReportProgress progress, CancellationToken cancellationToken)
    {
        var data = new DataFolder(options.Server.Data);
        if (await AskServerAsync(data.ControlSocket, request, progress, cancellationToken) is { } response)
        {
            return response;
        }

        using DataLock? taken = DataLock.TryTake(data.Root, $"pluginmail {request.Operation}", TimeProvider.System.GetUtcNow(), out string holder);
        if (taken is null)
        {
            return AdminResponse.Failed($"{data.Root} is in use: {holder}");
        }

        await using ServerCore core = await ServerCore.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        if (request.Operation.StartsWith("plugin ", StringComparison.Ordinal))
        {
            core.PluginInstallation.Recover(); // before anything is installed that it would take for the half of what a kill left behind
        }

        var services = new AdminServices(core, listeners: null, reload: null) { Progress = progress, ConfigurationPath = configurationPath };
        return await AdminOperations.RunAsync(services, request, cancellationToken);
    }

    private static async Task<AdminResponse?> AskServerAsync(
        string path, AdminRequest request, ReportProgress progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException)
        {
            return null; // left by a server that was killed
        }

        await using var stream = new NetworkStream(socket);
        try
        {
            return await AskAsync(stream, request, progress, cancellationToken);
        }
        catch (IOException e) when (e is EndOfStreamException || e.InnerException is SocketException)
        {
            return AdminResponse.Failed("the server ended before it answered: what was asked may be done, or not");
        }
    }

    private static async Task<AdminResponse?> AskAsync(Stream stream, AdminRequest request, ReportProgress progress, CancellationToken cancellationToken)
    {
        await ControlWire.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(request, AdminJson.Default.AdminRequest), cancellationToken);
        while (true)
        {
            byte[] answer = await ControlWire.ReadAsync(stream, MaximumResponse, cancellationToken);
            AdminResponse? response = JsonSerializer.Deserialize(answer, AdminJson.Default.AdminResponse);
            if (response?.Progress is not { } step)
            {
                return response;
            }

            await progress(step, cancellationToken);
        }
    }
}
