using System.Globalization;
using System.Text.Json;
using PluginMail.Collector.Connections;
using PluginMail.Collector.Settings;

namespace PluginMail.Collector.SignIn;

/// <summary>Gives one account's access token: from its file, or bought with the refresh token (RFC 6749 section 6) and kept until it expires.</summary>
internal sealed class AccessTokens(SignInSettings signIn, HttpClient http, TimeProvider clock)
{
    private const string RefreshTokenKey = "refresh_token_file";
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private string? _token;
    private (string Written, string Renewed)? _unwritten;
    private DateTimeOffset _expires;

    /// <summary>Gives the token.</summary>
    /// <exception cref="RemoteFault">There is none.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        if (signIn.TokenEndpoint is null)
        {
            return await SecretFile.ReadAsync("token_file", signIn.TokenFile, cancellationToken);
        }

        if (_token is null || clock.GetUtcNow() >= _expires)
        {
            await RefreshAsync(signIn.TokenEndpoint, cancellationToken);
        }

        return _token!;
    }

    /// <summary>Forgets the token, which the server did not take.</summary>
    public void Forget() => _token = null;

    private async ValueTask RefreshAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        string written = await SecretFile.ReadAsync(RefreshTokenKey, signIn.RefreshTokenFile, cancellationToken);
        string refreshToken = _unwritten is { } unwritten && unwritten.Written == written ? unwritten.Renewed : written;
        Dictionary<string, string> form = new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken };
        if (signIn.ClientId.Length > 0)
        {
            form["client_id"] = signIn.ClientId;
        }

        if (signIn.ClientSecretFile.Length > 0)
        {
            form["client_secret"] = await SecretFile.ReadAsync("client_secret_file", signIn.ClientSecretFile, cancellationToken);
        }

        try
        {
            using var limit = new LinkedLimit(Patience, clock, cancellationToken);
            using var content = new FormUrlEncodedContent(form);
            using var answer = await http.PostAsync(endpoint, content, limit.Token);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(limit.Token);
            string renewed = Take(body, answer.IsSuccessStatusCode, (int)answer.StatusCode) ?? refreshToken;
            if (renewed != written)
            {
                // The old one may be worth nothing from now on: this is not given up half-way, and where it fails the new one is kept in memory.
                _unwritten = (written, renewed);
                await SecretFile.ReplaceAsync(RefreshTokenKey, signIn.RefreshTokenFile, renewed, CancellationToken.None);
                _unwritten = null;
            }
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or (IOException and not RemoteFault))
        {
            throw new RemoteFault($"token_endpoint gave no token: {e.GetType().Name}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteFault("token_endpoint does not answer", e);
        }
    }

    // Gives the refresh token that takes the old one's place; null where the old one stays.
    private string? Take(byte[] body, bool isSuccess, int status)
    {
        using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8 });
        var root = json.RootElement;
        if (!isSuccess || !root.TryGetProperty("access_token", out var token) || token.GetString() is not { Length: > 0 } text)
        {
            string error = root.TryGetProperty("error", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "no reason given";
            throw new RemoteFault($"token_endpoint gave no token: {status} {RemoteFault.Quote(error)}") { IsSignIn = status is 400 or 401 };
        }

        string? renewed = root.TryGetProperty("refresh_token", out var refresh) && refresh.ValueKind != JsonValueKind.Null ? refresh.GetString() : null;
        if (text.AsSpan().ContainsAnyExceptInRange('!', '~') || renewed.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new RemoteFault("token_endpoint gave something that is no token");
        }

        _token = text;
        _expires = clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(LifeOf(root), 0, 86400)) - Margin;
        return string.IsNullOrEmpty(renewed) ? null : renewed;
    }

    // A number (RFC 6749 section 5.1), which some write as a string.
    private static double LifeOf(JsonElement root)
    {
        double seconds = double.NaN;
        bool isThere = root.TryGetProperty("expires_in", out var life) && life.ValueKind switch
        {
            JsonValueKind.Number => life.TryGetDouble(out seconds),
            JsonValueKind.String => double.TryParse(life.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out seconds),
            _ => false,
        };
        return isThere && !double.IsNaN(seconds) ? seconds : ShortestLife.TotalSeconds;
    }
}
