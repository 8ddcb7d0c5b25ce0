using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using PluginMail.Abstractions;
using PluginMail.Storage;

namespace PluginMail.Pipeline.Tests.Authentication;

/// <summary>A sign-in service over accounts in memory, with a clock that never waits and a log that can be read.</summary>
internal sealed class SignInFixture
{
    public const string Login = "user@example.test";
    public const string Password = "pencil";
    public static readonly byte[] Binding = SHA256.HashData("the certificate"u8);

    public SignInFixture(SignInOptions? options = null, RoleSet? roles = null)
    {
        Options = (options ?? new SignInOptions()) with { Iterations = 4096, DefaultDomain = "example.test" };
        Directory.Set(Login, Password);
        Service = new SignInService(Directory, new Catalog(roles ?? RoleSet.Empty), MakesAccounts, Options, Clock, Log);
    }

    public SignInOptions Options { get; }

    public AccountsInMemory Directory { get; } = new();

    public ProvidedAccounts MakesAccounts { get; } = new();

    public ImpatientClock Clock { get; } = new();

    public ReadableLog Log { get; } = new();

    public SignInService Service { get; }

    public static SignInOrigin From(string address, bool isEncrypted = true, byte[]? binding = null) =>
        new("session", "imap", new IPEndPoint(IPAddress.Parse(address), 40000), isEncrypted, binding);

    public async Task<SignInStatus> SignInAsync(string login, string password, string address = "192.0.2.1") =>
        (await Service.SignInAsync(login, password, From(address), CancellationToken.None)).Status;

    private sealed class Catalog(RoleSet roles) : IRoleCatalog
    {
        public RoleSet Current => roles;
    }
}

/// <summary>Makes accounts while it is told to.</summary>
internal sealed class ProvidedAccounts : INewAccounts
{
    public Func<EmailAddress, Account?> Provide { get; set; } = static _ => null;

    public ValueTask<Account?> ProvideAsync(EmailAddress address, CancellationToken cancellationToken) => ValueTask.FromResult(Provide(address));
}

/// <summary>A clock whose timers fire at once, as if their time had passed; what they were to wait is noted.</summary>
internal sealed class ImpatientClock : TimeProvider
{
    private long _now = 1;

    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Waited => Waits.Aggregate(TimeSpan.Zero, static (sum, wait) => sum + wait);

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public void Advance(TimeSpan time) => Interlocked.Add(ref _now, time.Ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        Advance(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

internal sealed class ReadableLog : ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Line)> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, formatter(state, exception)));
}

/// <summary>The client's side of SCRAM, as RFC 5802 section 3 has it.</summary>
internal static class ScramClient
{
    public static string Final(string header, byte[] binding, string firstBare, string serverFirst, string password, string? nonce = null)
    {
        Dictionary<string, string> attributes = serverFirst.Split(',').ToDictionary(static a => a[..1], static a => a[2..]);
        byte[] cbind = [.. Encoding.UTF8.GetBytes(header), .. binding];
        string withoutProof = $"c={Convert.ToBase64String(cbind)},r={nonce ?? attributes["r"]}";
        byte[] salted = Rfc2898DeriveBytes.Pbkdf2(
            password, Convert.FromBase64String(attributes["s"]), int.Parse(attributes["i"]), HashAlgorithmName.SHA256, 32);
        byte[] clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        byte[] signature = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.UTF8.GetBytes($"{firstBare},{serverFirst},{withoutProof}"));
        return $"{withoutProof},p={Convert.ToBase64String([.. clientKey.Zip(signature, static (a, b) => (byte)(a ^ b))])}";
    }
}

internal static class ExchangeExtensions
{
    public static async Task<SaslStep> SendAsync(this ISaslExchange exchange, string? text) =>
        await exchange.RespondAsync(text is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(text), CancellationToken.None);

    public static string Text(this SaslStep step) => Encoding.UTF8.GetString(step.Challenge!.Value.Span);
}
