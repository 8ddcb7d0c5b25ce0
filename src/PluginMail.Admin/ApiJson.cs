using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace PluginMail.Admin;

/// <summary>What the API says, in JSON: names in camelCase, times in RFC 3339, what is unknown left out.</summary>
[JsonSerializable(typeof(QueuePage))]
[JsonSerializable(typeof(QueueMessage))]
[JsonSerializable(typeof(QueueChanged))]
[JsonSerializable(typeof(QueueReturned))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ApiJson : JsonSerializerContext;
