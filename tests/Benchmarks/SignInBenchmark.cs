using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Benchmarks.Measuring;
using PluginMail.Pipeline;
using PluginMail.Storage;

namespace PluginMail.Benchmarks;

/// <summary>A sign-in that is remembered, one that is not, and PBKDF2 by itself.</summary>
internal static class SignInBenchmark
{
    private const string Password = "correct horse battery staple";

    public static async Task RunAsync(BenchmarkOptions options)
    {
        await using TemporaryStore temporary = await TemporaryStore.OpenAsync();
        int usual = new SignInOptions().Iterations;
        var address = new EmailAddress("u1", TemporaryStore.Domain);
        await temporary.Store.Directory.AddAccountAsync(address, "", 0, ScramVerifier.Create(Password, usual), [], default);
        SignInService cached = SignIn(temporary, new SignInOptions { RequiresTls = false, LoginCacheTime = TimeSpan.FromHours(1) });
        SignInService uncached = SignIn(temporary, new SignInOptions { RequiresTls = false, LoginCache = 0 });
        var origin = new SignInOrigin("bench", "imap", new IPEndPoint(IPAddress.Loopback, 1), IsEncrypted: false, EndPointBinding: null);

        ScramVerifier least = ScramVerifier.Create(Password, 4096);
        ScramVerifier most = ScramVerifier.Create(Password, usual);
        Case[] cases =
        [
            SignInCase("sign-in, remembered", cached, address, origin),
            SignInCase("sign-in, not remembered", uncached, address, origin),
            Case.Of($"PBKDF2, {4096:N0} rounds", () => least.Matches(Password)),
            Case.Of($"PBKDF2, {usual:N0} rounds", () => most.Matches(Password)),
        ];
        Table.Print("signing in", cases, await InterleavedRounds.MeasureAsync(options, cases));
    }

    private static SignInService SignIn(TemporaryStore temporary, SignInOptions options) =>
        new(
        temporary.Store.Directory,
        NoRoles.Instance,
        new NewAccounts(temporary.Store, () => new NewAccountOptions(), NullLogger.Instance),
        options,
        TimeProvider.System,
        NullLogger.Instance);

    private static Case SignInCase(string name, SignInService service, EmailAddress address, SignInOrigin origin)
    {
        string login = address.ToString();
        return new Case(name, async count =>
        {
            for (int i = 0; i < count; i++)
            {
                SignInOutcome outcome = await service.SignInAsync(login, Password, origin, default);
                if (outcome.Status != SignInStatus.Accepted)
                {
                    throw new InvalidOperationException($"{login} was not let in: {outcome.Status}");
                }
            }
        });
    }
}
