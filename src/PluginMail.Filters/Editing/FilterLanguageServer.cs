using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Editing;

/// <summary>
/// A language server for scripts (LSP 3.17 over JSON-RPC 2.0): diagnostics while they are typed, completion, hover, formatting
/// and quick fixes. One client, one message after the other; what a client sends is bounded and never ends the server.
/// </summary>
public sealed class FilterLanguageServer
{
    private const int MostDocuments = 256;
    private const int LongestToRepair = 64 * 1024;
    private readonly LspFraming _framing;
    private FilterCompilerOptions _options;
    private readonly Dictionary<string, FilterDocument> _documents = [];
    private readonly FrozenDictionary<string, Func<JsonElement, JsonNode?>> _requests;
    private readonly FrozenDictionary<string, Func<JsonElement, FilterDocument?>> _changes;
    private bool _isInitialized;
    private bool _isShutDown;

    /// <summary>A server.</summary>
    /// <param name="input">What the client writes.</param>
    /// <param name="output">What the client reads.</param>
    /// <param name="options">The words, and the mailbox where it is known.</param>
    public FilterLanguageServer(System.IO.Stream input, System.IO.Stream output, FilterCompilerOptions? options = null)
    {
        _framing = new(input, output);
        _options = options ?? FilterCompilerOptions.Default;
        _requests = new Dictionary<string, Func<JsonElement, JsonNode?>>
        {
            ["initialize"] = _ => Initialize(),
            ["shutdown"] = _ => Shutdown(),
            ["textDocument/completion"] = Complete,
            ["textDocument/hover"] = ShowHover,
            ["textDocument/formatting"] = Format,
            ["textDocument/codeAction"] = CodeActions,
        }.ToFrozenDictionary();
        _changes = new Dictionary<string, Func<JsonElement, FilterDocument?>>
        {
            ["textDocument/didOpen"] = DidOpen,
            ["textDocument/didChange"] = DidChange,
            ["textDocument/didClose"] = DidClose,
            ["textDocument/didSave"] = DidSave,
        }.ToFrozenDictionary();
    }

    /// <summary>Gives the words and the mailbox anew with each script that is opened or saved; null, or a null answer: they stay as they are.</summary>
    public Func<CancellationToken, ValueTask<FilterCompilerOptions?>>? Refresh { get; init; }

    /// <summary>Serves until the client says exit or goes away.</summary>
    /// <returns>The exit status: 0 after a shutdown, otherwise 1.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        while (await _framing.ReadAsync(cancellation) is { } message)
        {
            if (Parse(message) is not { } document)
            {
                await AnswerAsync(null, Fault(-32700, "the message is not JSON"), cancellation);
                continue;
            }

            using (document)
            {
                var root = document.RootElement;
                if (root.Text("method") is not { } method)
                {
                    continue;
                }

                if (method == "exit")
                {
                    break;
                }

                await (root.Member("id") is { ValueKind: JsonValueKind.Number or JsonValueKind.String } id
                    ? AnswerAsync(JsonNode.Parse(id.GetRawText()), Handle(method, root.Member("params")), cancellation)
                    : NoteAsync(method, root.Member("params"), cancellation));
            }
        }

        return _isShutDown ? 0 : 1;
    }

    private static JsonDocument? Parse(byte[] message)
    {
        try
        {
            return JsonDocument.Parse(message);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private JsonObject Handle(string method, JsonElement parameters)
    {
        if (!_requests.TryGetValue(method, out var handler))
        {
            return Fault(-32601, $"there is no method {method}");
        }

        if (_isInitialized == (method == "initialize") || _isShutDown)
        {
            return Fault(_isInitialized ? -32600 : -32002, "the server is not initialized, or is so already");
        }

        return new JsonObject { ["result"] = handler(parameters) };
    }

    private static JsonObject Fault(int code, string message) =>
        new() { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } };

    private ValueTask AnswerAsync(JsonNode? id, JsonObject answer, CancellationToken cancellation)
    {
        answer["jsonrpc"] = "2.0";
        answer["id"] = id;
        return _framing.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer), cancellation);
    }

    private async ValueTask NoteAsync(string method, JsonElement parameters, CancellationToken cancellation)
    {
        if (!_isInitialized || !_changes.TryGetValue(method, out var handler))
        {
            return;
        }

        if (Refresh is not null && method is "textDocument/didOpen" or "textDocument/didSave")
        {
            _options = await Refresh(cancellation) ?? _options;
        }

        if (handler(parameters) is not { } document)
        {
            return;
        }

        var findings = _documents.ContainsKey(document.Uri) ? document.Compilation.Diagnostics : [];
        var notification = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["method"] = "textDocument/publishDiagnostics",
            ["params"] = new JsonObject
            {
                ["uri"] = document.Uri,
                ["version"] = document.Version,
                ["diagnostics"] = new JsonArray([.. findings.Select(finding => LspJson.Diagnostic(document, finding))]),
            },
        };
        await _framing.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(notification), cancellation);
    }

    private JsonObject Initialize()
    {
        _isInitialized = true;
        return new()
        {
            ["capabilities"] = new JsonObject
            {
                ["positionEncoding"] = "utf-16",
                ["textDocumentSync"] = new JsonObject { ["openClose"] = true, ["change"] = 2, ["save"] = true },
                ["completionProvider"] = new JsonObject { ["triggerCharacters"] = new JsonArray(":", "\"") },
                ["hoverProvider"] = true,
                ["documentFormattingProvider"] = true,
                ["codeActionProvider"] = new JsonObject { ["codeActionKinds"] = new JsonArray("quickfix", "source.fixAll") },
            },
            ["serverInfo"] = new JsonObject { ["name"] = "pluginmail" },
        };
    }

    private JsonNode? Shutdown()
    {
        _isShutDown = true;
        return null;
    }

    private FilterDocument? DidOpen(JsonElement parameters)
    {
        var item = parameters.Member("textDocument");
        if (item.Text("uri") is not { } uri || item.Text("text") is not { } text || _documents.Count >= MostDocuments)
        {
            return null;
        }

        return _documents[uri] = new(uri, item.Number("version") ?? 0, text, _options);
    }

    private FilterDocument? DidChange(JsonElement parameters)
    {
        if (Document(parameters) is not { } document || parameters.Member("contentChanges") is not { ValueKind: JsonValueKind.Array } changes)
        {
            return null;
        }

        var content = document.Content;
        foreach (var change in changes.EnumerateArray())
        {
            var text = change.Text("text") ?? "";
            var range = change.Member("range");
            content = range.Member("start").Position() is { } start && range.Member("end").Position() is { } end
                ? FilterDocument.Replace(content, start, end, text)
                : text;
        }

        return _documents[document.Uri] = document.With(parameters.Member("textDocument").Number("version") ?? document.Version + 1, content);
    }

    private FilterDocument? DidClose(JsonElement parameters)
    {
        var document = Document(parameters);
        if (document is not null)
        {
            _documents.Remove(document.Uri);
        }

        return document;
    }

    private FilterDocument? DidSave(JsonElement parameters) =>
        Document(parameters) is { } document ? _documents[document.Uri] = new(document.Uri, document.Version, document.Content, _options) : null;

    private FilterDocument? Document(JsonElement parameters) =>
        parameters.Member("textDocument").Text("uri") is { } uri ? _documents.GetValueOrDefault(uri) : null;

    private JsonObject Complete(JsonElement parameters)
    {
        var items = Document(parameters) is { } document && parameters.Member("position").Position() is { } position
            ? Completion.At(document, _options, document.OffsetOf(position)).Select(item => LspJson.Completion(document, item))
            : [];
        return new() { ["isIncomplete"] = false, ["items"] = new JsonArray([.. items]) };
    }

    private JsonObject? ShowHover(JsonElement parameters) =>
        Document(parameters) is { } document && parameters.Member("position").Position() is { } position
        && Hover.At(document, _options, document.OffsetOf(position)) is { } hover
            ? new()
            {
                ["contents"] = new JsonObject { ["kind"] = "markdown", ["value"] = hover.Markdown },
                ["range"] = LspJson.Range(document, hover.Span),
            }
            : null;

    private JsonArray Format(JsonElement parameters)
    {
        if (Document(parameters) is not { } document || ScriptFormatter.Format(document.Text, _options.Limits) is not { } formatted
            || document.Text.Octets.SequenceEqual(formatted))
        {
            return [];
        }

        var all = new SourceSpan(0, document.Text.Length);
        return [LspJson.Edit(document, all, System.Text.Encoding.UTF8.GetString(formatted))];
    }

    private JsonArray CodeActions(JsonElement parameters)
    {
        if (Document(parameters) is not { } document || parameters.Member("range").Member("start").Position() is not { } start
            || parameters.Member("range").Member("end").Position() is not { } end)
        {
            return [];
        }

        var (from, to) = (document.OffsetOf(start), document.OffsetOf(end));
        var actions = new JsonArray();
        foreach (var finding in document.Compilation.Diagnostics.Where(finding => finding.Fix is not null && finding.Span.Start <= to && finding.Span.End >= from))
        {
            var action = Action(document, $"{finding.Fix!.Title} ({finding.Code})", "quickfix", LspJson.Edit(document, finding.Fix.Span, finding.Fix.NewText));
            action["isPreferred"] = finding.Fix.IsCertain;
            action["diagnostics"] = new JsonArray(LspJson.Diagnostic(document, finding));
            actions.Add(action);
        }

        if (document.Text.Length > LongestToRepair)
        {
            return actions;
        }

        var repairs = FilterRepair.Repair(System.Text.Encoding.UTF8.GetBytes(document.Content), "script", _options);
        if (repairs.Made.Length > 1)
        {
            var all = LspJson.Edit(document, new(0, document.Text.Length), System.Text.Encoding.UTF8.GetString(repairs.Script.Span));
            actions.Add(Action(document, $"Make all {repairs.Made.Length} certain repairs", "source.fixAll", all));
        }

        return actions;
    }

    private static JsonObject Action(FilterDocument document, string title, string kind, JsonObject edit) => new()
    {
        ["title"] = title,
        ["kind"] = kind,
        ["edit"] = new JsonObject { ["changes"] = new JsonObject { [document.Uri] = new JsonArray(edit) } },
    };
}
