using System.Text.Json;
using System.Text.Json.Nodes;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Editing;

/// <summary>The structures of LSP 3.17 as JSON, and what is read of them.</summary>
internal static class LspJson
{
    private const int Unnecessary = 1;

    public static JsonObject Range(FilterDocument document, SourceSpan span) => new()
    {
        ["start"] = Position(document.PositionOf(span.Start)),
        ["end"] = Position(document.PositionOf(span.End)),
    };

    public static JsonObject Edit(FilterDocument document, SourceSpan span, string newText) => new()
    {
        ["range"] = Range(document, span),
        ["newText"] = newText,
    };

    public static JsonObject Diagnostic(FilterDocument document, Diagnostic finding)
    {
        var diagnostic = new JsonObject
        {
            ["range"] = Range(document, finding.Span),
            ["severity"] = finding.Severity == DiagnosticSeverity.Error ? 1 : 2,
            ["code"] = finding.Code,
            ["source"] = "pluginmail",
            ["message"] = string.Join('\n', finding.Notes.Prepend(finding.Message)),
        };
        if (finding.Code is FilterCodes.Unreachable or FilterCodes.UnusedRequire or FilterCodes.RepeatedCondition or FilterCodes.DuplicateRule)
        {
            diagnostic["tags"] = new JsonArray(Unnecessary);
        }

        if (finding.Related.Length > 0)
        {
            diagnostic["relatedInformation"] = new JsonArray([.. finding.Related.Select(related => new JsonObject
            {
                ["location"] = new JsonObject { ["uri"] = document.Uri, ["range"] = Range(document, related.Span) },
                ["message"] = related.Message,
            })]);
        }

        return diagnostic;
    }

    public static JsonObject Completion(FilterDocument document, CompletionItem item)
    {
        var completion = new JsonObject
        {
            ["label"] = item.Label,
            ["kind"] = (int)item.Kind,
            ["detail"] = item.Detail,
            ["documentation"] = item.Documentation,
            ["filterText"] = item.Label,
            ["textEdit"] = Edit(document, item.Span, item.Label),
        };
        if (item.Require is { } require)
        {
            completion["additionalTextEdits"] = new JsonArray(Edit(document, require.Span, require.NewText));
        }

        return completion;
    }

    /// <summary>A member that is a string, or null.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>A member that is a whole number, or null.</summary>
    public static int? Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
            ? number
            : null;

    /// <summary>A member that is an object, or one of kind Undefined.</summary>
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A position, or null where it is none.</summary>
    public static EditorPosition? Position(this JsonElement element) =>
        element.Number("line") is >= 0 and var line && element.Number("character") is >= 0 and var character ? new(line, character) : null;

    private static JsonObject Position(EditorPosition position) => new() { ["line"] = position.Line, ["character"] = position.Character };
}
