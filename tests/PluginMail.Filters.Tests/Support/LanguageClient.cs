using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginMail.Filters.Editing;

namespace PluginMail.Filters.Tests.Support;

/// <summary>Speaks LSP with a server in this process.</summary>
internal sealed class LanguageClient : IAsyncDisposable
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _fromServer = new();
    private readonly Stream _input;
    private readonly Stream _output;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(3));
    private int _id;

    public LanguageClient(FilterCompilerOptions? options = null)
    {
        _input = _fromServer.Reader.AsStream();
        _output = _toServer.Writer.AsStream();
        Server = new FilterLanguageServer(_toServer.Reader.AsStream(), _fromServer.Writer.AsStream(), options).RunAsync(_timeout.Token);
    }

    public Task<int> Server { get; }

    public async Task SendAsync(string text)
    {
        await _output.WriteAsync(Encoding.UTF8.GetBytes(text), _timeout.Token);
        await _output.FlushAsync(_timeout.Token);
    }

    public Task NotifyAsync(string method, string parameters) =>
        SendMessageAsync($$$"""{"jsonrpc":"2.0","method":"{{{method}}}","params":{{{parameters}}}}""");

    public async Task<JsonNode> RequestAsync(string method, string parameters = "{}")
    {
        await SendMessageAsync($$$"""{"jsonrpc":"2.0","id":{{{++_id}}},"method":"{{{method}}}","params":{{{parameters}}}}""");
        return await ReadAsync();
    }

    public Task SendMessageAsync(string json) => SendAsync($"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>Opens a script and gives back the diagnostics that are published.</summary>
    public async Task<JsonArray> OpenAsync(string script)
    {
        await NotifyAsync("textDocument/didOpen", $$$"""{"textDocument":{"uri":"file:///a.sieve","languageId":"sieve","version":1,"text":{{{JsonSerializer.Serialize(script)}}}}}""");
        return await DiagnosticsAsync();
    }

    public async Task<JsonArray> DiagnosticsAsync()
    {
        var message = await ReadAsync();
        Assert.Equal("textDocument/publishDiagnostics", (string?)message["method"]);
        return message["params"]!["diagnostics"]!.AsArray();
    }

    public async Task<JsonNode> ReadAsync()
    {
        var header = new StringBuilder();
        var octet = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _input.ReadExactlyAsync(octet, _timeout.Token);
            header.Append((char)octet[0]);
        }

        var body = new byte[int.Parse(header.ToString().Split(':')[1])];
        await _input.ReadExactlyAsync(body, _timeout.Token);
        return JsonNode.Parse(body)!;
    }

    public async ValueTask CloseAsync() => await _toServer.Writer.CompleteAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Server;
        _timeout.Dispose();
    }
}
