using PluginMail.Pipeline.Authentication;
using PluginMail.Pipeline.Authentication.Mechanisms;

namespace PluginMail.Pipeline.Tests.Authentication;

public sealed class ScramTests
{
    private const string FirstBare = "n=user,r=rOprNGfwEbeRWgbNEkqO";
    private readonly SignInFixture _fixture = new();

    /// <summary>RFC 7677 section 3.</summary>
    [Fact]
    public async Task The_example_of_the_standard()
    {
        _fixture.Directory.Set(SignInFixture.Login, SignInFixture.Password, Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="));
        var desk = new LoginDesk(_fixture.Directory, new NoRoles(), _fixture.MakesAccounts, _fixture.Options, _fixture.Clock, _fixture.Log);
        var exchange = new ScramExchange(
            desk, SignInFixture.From("192.0.2.1"), isBound: false, offersBinding: false, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");

        SaslStep first = await exchange.SendAsync("n,," + FirstBare);
        Assert.Equal("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", first.Text());
        SaslStep second = await exchange.SendAsync(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        Assert.Equal("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", second.Text());
        SaslStep end = await exchange.SendAsync("");
        Assert.Equal(SignInStatus.Accepted, end.Outcome!.Status);
        Assert.Equal(SignInFixture.Login, end.Outcome.Account!.Address.ToString());
    }

    [Theory]
    [InlineData("SCRAM-SHA-256", "n,,", false, false, SignInStatus.Accepted)]
    [InlineData("scram-sha-256", "n,a=USER@example.test,", true, false, SignInStatus.Accepted)]
    [InlineData("SCRAM-SHA-256", "n,a=other@example.test,", true, false, SignInStatus.Rejected)]
    [InlineData("SCRAM-SHA-256", "y,,", false, false, SignInStatus.Accepted)] // no TLS: nothing to bind, the client is right
    [InlineData("SCRAM-SHA-256", "y,,", true, false, SignInStatus.Rejected)] // the offer was taken out on the way
    [InlineData("SCRAM-SHA-256", "p=tls-server-end-point,,", true, true, SignInStatus.Malformed)]
    [InlineData("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,", true, true, SignInStatus.Accepted)]
    [InlineData("SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,", true, false, SignInStatus.Rejected)] // another certificate
    [InlineData("SCRAM-SHA-256-PLUS", "p=tls-unique,,", true, true, SignInStatus.Rejected)]
    [InlineData("SCRAM-SHA-256-PLUS", "n,,", true, false, SignInStatus.Malformed)]
    public async Task Binding_and_identity(string mechanism, string header, bool encrypted, bool sendsBinding, SignInStatus expected)
    {
        SignInOrigin origin = SignInFixture.From("192.0.2.1", encrypted, encrypted ? SignInFixture.Binding : null);
        Assert.Equal(expected, await RunAsync(_fixture.Service.Begin(mechanism, origin)!, header, sendsBinding, SignInFixture.Password));
    }

    [Fact]
    public async Task A_wrong_password_is_rejected_and_so_is_an_unknown_name()
    {
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        Assert.Equal(SignInStatus.Rejected, await RunAsync(exchange, "n,,", sendsBinding: false, "pen"));
        exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        Assert.Equal(SignInStatus.Rejected, await RunAsync(exchange, "n,,", sendsBinding: false, "pencil", "n=nobody,r=abc"));
    }

    [Fact]
    public async Task An_unknown_name_looks_like_a_known_one()
    {
        string known = await FirstAsync("n,,n=user,r=abc");
        string unknown = await FirstAsync("n,,n=nobody,r=abc");
        Assert.Equal(Shape(known), Shape(unknown));
        Assert.Equal(Salt(unknown), Salt(await FirstAsync("n,,n=NoBody@example.test,r=xyz")));
        Assert.NotEqual(Salt(unknown), Salt(await FirstAsync("n,,n=somebody,r=abc")));

        static string Salt(string first) => first.Split(',')[1];
        static string Shape(string first) => string.Join(',', first.Split(',').Select(static a => $"{a[..2]}{a.Length}")) + first.Split(',')[2];
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("n,,")]
    [InlineData("n,,r=abc")]
    [InlineData("n,,n=user")]
    [InlineData("n,,n=user,r=")]
    [InlineData("n,,n=us=er,r=abc")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,m=x,n=user,r=abc")]
    [InlineData("n,,n=user,r=a b")]
    [InlineData("n,user,n=user,r=abc")]
    [InlineData("x,,n=user,r=abc")]
    [InlineData("p=,,n=user,r=abc")]
    [InlineData("n,,n=user,r=abc,r=def")]
    public async Task Malformed_first_messages(string message)
    {
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        Assert.Equal(SignInStatus.Malformed, (await exchange.SendAsync(message)).Outcome!.Status);
        Assert.Equal(SignInStatus.Malformed, (await exchange.SendAsync("n,,n=user,r=abc")).Outcome!.Status); // it has ended
    }

    [Theory]
    [InlineData("")]
    [InlineData("c=biws")]
    [InlineData("c=biws,r={r}")]
    [InlineData("c=biws,r={r},p=")]
    [InlineData("c=biws,r={r},p=AAAA")]
    [InlineData("c=bi ws,r={r},p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("r={r},c=biws,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("c=biws,r={r},m=x,p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task Malformed_final_messages(string message)
    {
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        string nonce = (await exchange.SendAsync("n,,n=user,r=abc")).Text().Split(',')[0][2..];
        SaslStep step = await exchange.SendAsync(message.Replace("{r}", nonce, StringComparison.Ordinal));
        Assert.Equal(SignInStatus.Malformed, step.Outcome!.Status);
    }

    [Fact]
    public async Task The_nonce_must_be_the_servers()
    {
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        string first = (await exchange.SendAsync("n,,n=user,r=abc")).Text();
        SaslStep step = await exchange.SendAsync(ScramClient.Final("n,,", [], "n=user,r=abc", first, SignInFixture.Password, nonce: "abc"));
        Assert.Equal(SignInStatus.Rejected, step.Outcome!.Status);
    }

    [Fact]
    public async Task An_exchange_that_outlasts_its_password_is_rejected()
    {
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        string first = (await exchange.SendAsync("n,,n=user,r=abc")).Text();
        await exchange.SendAsync(ScramClient.Final("n,,", [], "n=user,r=abc", first, SignInFixture.Password));
        _fixture.Directory.Set(SignInFixture.Login, "another");
        Assert.Equal(SignInStatus.Rejected, (await exchange.SendAsync("")).Outcome!.Status);
    }

    [Fact]
    public async Task Something_behind_the_servers_signature_is_malformed()
    {
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        string first = (await exchange.SendAsync("n,,n=user,r=abc")).Text();
        await exchange.SendAsync(ScramClient.Final("n,,", [], "n=user,r=abc", first, SignInFixture.Password));
        Assert.Equal(SignInStatus.Malformed, (await exchange.SendAsync("more")).Outcome!.Status);
    }

    [Fact]
    public async Task Names_are_unescaped()
    {
        _fixture.Directory.Set("a=b@example.test", "pw");
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        Assert.Equal(SignInStatus.Accepted, await RunAsync(exchange, "n,,", sendsBinding: false, "pw", "n=a=3Db,r=abc"));
    }

    private static async Task<SignInStatus> RunAsync(
        ISaslExchange exchange, string header, bool sendsBinding, string password, string bare = FirstBare)
    {
        SaslStep step = await exchange.SendAsync(null);
        Assert.Equal("", step.Text());
        step = await exchange.SendAsync(header + bare);
        if (step.Outcome is null)
        {
            step = await exchange.SendAsync(ScramClient.Final(header, sendsBinding ? SignInFixture.Binding : [], bare, step.Text(), password));
        }

        return (step.Outcome ?? (await exchange.SendAsync("")).Outcome)!.Status;
    }

    private async Task<string> FirstAsync(string message) =>
        (await _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!.SendAsync(message)).Text();

    private sealed class NoRoles : IRoleCatalog
    {
        public RoleSet Current => RoleSet.Empty;
    }
}
