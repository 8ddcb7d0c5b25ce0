using System.Text.Json.Serialization;

namespace PluginMail.Server;

/// <summary>What a person or program asks of the server.</summary>
/// <param name="Operation">As <c>account add</c>.</param>
/// <param name="Arguments">By name.</param>
/// <param name="Items">Arguments that are lists.</param>
/// <param name="Data">Octets that belong to it: a script, a message.</param>
internal sealed record AdminRequest(
    string Operation, IReadOnlyDictionary<string, string> Arguments, IReadOnlyList<string> Items, byte[]? Data)
{
    /// <summary>An argument that the operation cannot do without.</summary>
    public string this[string name] => Arguments.TryGetValue(name, out string? value)
        ? value
        : throw new AdminArgumentException($"{name} is missing");

    /// <summary>An argument that may be missing.</summary>
    public string? Find(string name) => Arguments.GetValueOrDefault(name);
}

/// <summary>How it went.</summary>
/// <param name="Status">0 done, 1 not so or failed, 2 unusable arguments.</param>
/// <param name="Message">For a person; null where the table says all.</param>
/// <param name="Table">Rows.</param>
/// <param name="Text">Text that is printed as it is.</param>
internal sealed record AdminResponse(int Status, string? Message = null, AdminTable? Table = null, string? Text = null)
{
    /// <summary>Whether the text is JSON already, an object a line.</summary>
    public bool IsJson { get; init; }

    /// <summary>How far the operation is; where it is set, this is not the response yet and more follows.</summary>
    public AdminProgress? Progress { get; init; }

    public static AdminResponse Done(string message) => new(0, message);

    public static AdminResponse Failed(string message) => new(1, message);

    public static AdminResponse Unusable(string message) => new(2, message);
}

/// <summary>Rows with named columns.</summary>
/// <param name="Columns">Their names, in lower case.</param>
/// <param name="Rows">As many values as columns in each.</param>
internal sealed record AdminTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>An argument is unusable; the message says which and what was expected.</summary>
internal sealed class AdminArgumentException(string message) : Exception(message);

/// <summary>The wire form of requests and responses.</summary>
[JsonSerializable(typeof(AdminRequest))]
[JsonSerializable(typeof(AdminResponse))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class AdminJson : JsonSerializerContext;
