using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using PluginMail.Storage;

namespace PluginMail.Admin;

/// <summary>The tokens of the HTTP API, in a file of their own that holds hashes only. Safe for concurrent use within one process.</summary>
public sealed class ApiTokens
{
    /// <summary>What a secret begins with, so that scanners for leaked secrets find it.</summary>
    public const string Prefix = "pluginmail_";

    /// <summary>The most tokens that are kept.</summary>
    public const int MaximumCount = 1000;

    private const int SecretOctets = 32;
    private const int LongestName = 64;
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly Lock _writing = new();
    private volatile ImmutableDictionary<string, ApiToken> _byHash;

    private ApiTokens(string path, TimeProvider clock, IEnumerable<ApiToken> tokens)
    {
        _path = path;
        _clock = clock;
        _byHash = tokens.ToImmutableDictionary(token => token.Hash, StringComparer.Ordinal);
    }

    /// <summary>All of them by name, those that have ended included.</summary>
    public IReadOnlyList<ApiToken> All => [.. _byHash.Values.OrderBy(token => token.Name, StringComparer.Ordinal)];

    /// <summary>Reads the file; none is no token.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clock">Says when tokens end.</param>
    /// <returns>The tokens.</returns>
    /// <exception cref="IOException">The file cannot be read, or is not what this class wrote.</exception>
    public static ApiTokens Open(string path, TimeProvider clock)
    {
        try
        {
            ApiToken[]? tokens = File.Exists(path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(path), TokenFileJson.Default.ApiTokenArray)
                : [];
            return new ApiTokens(path, clock, tokens ?? []);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException)
        {
            throw new IOException($"{path} is not a file of API tokens: {e.Message}", e);
        }
    }

    /// <summary>Whether a text can name a token.</summary>
    /// <param name="name">The text.</param>
    /// <returns>True when it can.</returns>
    public static bool IsName(string name) => name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    /// <summary>Makes a token.</summary>
    /// <param name="name">Its name, see <see cref="IsName"/>.</param>
    /// <param name="scope">What its holder may do.</param>
    /// <param name="lifetime">How long it holds; null for ever.</param>
    /// <returns>The secret, which nobody can read again; null where the name is taken or there are too many.</returns>
    /// <exception cref="IOException">The file, or its folder, cannot be brought to the disk; no token is in force then, though one may be after the next start.</exception>
    public string? Add(string name, ApiScope scope, TimeSpan? lifetime)
    {
        if (!IsName(name))
        {
            throw new ArgumentException($"'{name}' cannot name a token", nameof(name));
        }

        lock (_writing)
        {
            if (_byHash.Count >= MaximumCount || _byHash.Values.Any(token => token.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                return null;
            }

            string secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretOctets));
            DateTimeOffset now = _clock.GetUtcNow();
            var token = new ApiToken(name, scope, Hash(secret), now, lifetime is { } time ? now + time : null);
            Save(_byHash.Add(token.Hash, token));
            return secret;
        }
    }

    /// <summary>Ends a token at once.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>False where there is none.</returns>
    /// <exception cref="IOException">The file, or its folder, cannot be brought to the disk; the token holds on then, at most until the next start.</exception>
    public bool Remove(string name)
    {
        lock (_writing)
        {
            ApiToken? token = _byHash.Values.FirstOrDefault(token => token.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (token is not null)
            {
                Save(_byHash.Remove(token.Hash));
            }

            return token is not null;
        }
    }

    /// <summary>Finds the token of a secret. The secret is compared by its hash, so that time tells nothing of it.</summary>
    /// <param name="secret">What a client gave.</param>
    /// <returns>Null where it is none, or has ended.</returns>
    public ApiToken? Find(string secret) =>
        secret.StartsWith(Prefix, StringComparison.Ordinal)
        && _byHash.TryGetValue(Hash(secret), out ApiToken? token)
        && (token.Expires is not { } end || _clock.GetUtcNow() < end)
            ? token
            : null;

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private void Save(ImmutableDictionary<string, ApiToken> tokens)
    {
        DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(
            [.. tokens.Values.OrderBy(token => token.Name, StringComparer.Ordinal)], TokenFileJson.Default.ApiTokenArray)); // a token that was removed stays so
        _byHash = tokens;
    }
}

/// <summary>The form of the file.</summary>
[JsonSerializable(typeof(ApiToken[]))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
internal sealed partial class TokenFileJson : JsonSerializerContext;
