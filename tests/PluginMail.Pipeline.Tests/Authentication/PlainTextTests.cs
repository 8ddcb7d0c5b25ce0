using PluginMail.Abstractions;

namespace PluginMail.Pipeline.Tests.Authentication;

public sealed class PlainTextTests
{
    private readonly SignInFixture _fixture = new();

    [Theory]
    [InlineData("\0user@example.test\0pencil", SignInStatus.Accepted)]
    [InlineData("\0User\0pencil", SignInStatus.Accepted)]
    [InlineData("USER@EXAMPLE.TEST\0user\0pencil", SignInStatus.Accepted)]
    [InlineData("root@example.test\0user\0pencil", SignInStatus.Rejected)]
    [InlineData("\0user\0Pencil", SignInStatus.Rejected)]
    [InlineData("\0user@other.test\0pencil", SignInStatus.Rejected)]
    [InlineData("\0user\0", SignInStatus.Malformed)]
    [InlineData("\0\0pencil", SignInStatus.Malformed)]
    [InlineData("\0user", SignInStatus.Malformed)]
    [InlineData("user", SignInStatus.Malformed)]
    [InlineData("", SignInStatus.Malformed)]
    [InlineData("\0user\0pencil\0", SignInStatus.Malformed)]
    public async Task Plain(string message, SignInStatus expected)
    {
        ISaslExchange exchange = _fixture.Service.Begin("PLAIN", SignInFixture.From("192.0.2.1"))!;
        Assert.Equal("", (await exchange.SendAsync(null)).Text());
        Assert.Equal(expected, (await exchange.SendAsync(message)).Outcome!.Status);
        Assert.Equal(SignInStatus.Malformed, (await exchange.SendAsync("\0user\0pencil")).Outcome!.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Login_asks_for_name_and_password(bool hasInitialResponse)
    {
        ISaslExchange exchange = _fixture.Service.Begin("LOGIN", SignInFixture.From("192.0.2.1"))!;
        if (!hasInitialResponse)
        {
            Assert.Equal("Username:", (await exchange.SendAsync(null)).Text());
        }

        Assert.Equal("Password:", (await exchange.SendAsync("user")).Text());
        Assert.Equal(SignInStatus.Accepted, (await exchange.SendAsync("pencil")).Outcome!.Status);
    }

    [Fact]
    public async Task What_is_no_text_or_too_long_is_malformed()
    {
        foreach (byte[] octets in new[] { "\0user\0"u8.ToArray().Append((byte)0xff).ToArray(), new byte[5000] })
        {
            ISaslExchange exchange = _fixture.Service.Begin("PLAIN", SignInFixture.From("192.0.2.1"))!;
            Assert.Equal(SignInStatus.Malformed, (await exchange.RespondAsync(octets, CancellationToken.None)).Outcome!.Status);
        }
    }

    [Fact]
    public async Task Without_tls_passwords_are_neither_offered_nor_taken()
    {
        SignInOrigin open = SignInFixture.From("192.0.2.1", isEncrypted: false);
        Assert.Equal(["SCRAM-SHA-256"], _fixture.Service.MechanismsFor(isEncrypted: false));
        Assert.Equal(["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"], _fixture.Service.MechanismsFor(isEncrypted: true));
        Assert.False(_fixture.Service.AllowsPlainText(isEncrypted: false));
        Assert.Null(_fixture.Service.Begin("PLAIN", open));
        Assert.Null(_fixture.Service.Begin("SCRAM-SHA-256-PLUS", open));
        Assert.Null(_fixture.Service.Begin("CRAM-MD5", SignInFixture.From("192.0.2.1")));
        SignInOutcome outcome = await _fixture.Service.SignInAsync("user", "pencil", open, CancellationToken.None);
        Assert.Equal(SignInStatus.Rejected, outcome.Status);

        var permissive = new SignInFixture(new SignInOptions { RequiresTls = false, Mechanisms = ["plain", "SCRAM-SHA-256"] });
        Assert.Equal(["SCRAM-SHA-256", "PLAIN"], permissive.Service.MechanismsFor(isEncrypted: false));
        outcome = await permissive.Service.SignInAsync("user", "pencil", open, CancellationToken.None);
        Assert.Equal(SignInStatus.Accepted, outcome.Status);
    }

    [Fact]
    public async Task Without_a_plain_text_mechanism_passwords_are_not_taken_even_with_tls()
    {
        var strict = new SignInFixture(new SignInOptions { RequiresTls = false, Mechanisms = ["SCRAM-SHA-256"] });
        Assert.False(strict.Service.AllowsPlainText(isEncrypted: true));
        Assert.False(strict.Service.AllowsPlainText(isEncrypted: false));
        Assert.Equal(SignInStatus.Rejected, await strict.SignInAsync("user", "pencil"));
    }

    [Fact]
    public async Task A_broken_store_is_not_a_wrong_password()
    {
        _fixture.Directory.IsBroken = true;
        Assert.Equal(SignInStatus.Unavailable, await _fixture.SignInAsync("user", "pencil"));
        ISaslExchange exchange = _fixture.Service.Begin("SCRAM-SHA-256", SignInFixture.From("192.0.2.1"))!;
        Assert.Equal(SignInStatus.Unavailable, (await exchange.SendAsync("n,,n=user,r=abc")).Outcome!.Status);
    }

    [Fact]
    public async Task Each_login_is_one_line_and_no_line_holds_a_password()
    {
        await _fixture.SignInAsync("user", "s3cret");
        await _fixture.SignInAsync("bad\r\nlogin failed: user=<root>", "s3cret");
        await _fixture.SignInAsync("user", "pencil");
        string[] lines = [.. _fixture.Log.Lines.Select(static l => l.Line)];
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("login failed: user=<user> method=password remote=192.0.2.1 reason=wrong-password", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("login failed: user=<bad??login failed: user=?root?>", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("login: user=<user@example.test> method=password remote=192.0.2.1", lines[2], StringComparison.Ordinal);
        Assert.All(lines, static l => Assert.DoesNotContain("s3cret", l, StringComparison.Ordinal));
        Assert.All(lines, static l => Assert.DoesNotContain("pencil", l, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(AuthenticationAnswer.Accepted, null, "guest", SignInStatus.Rejected)] // nobody here has that mailbox
    [InlineData(AuthenticationAnswer.Rejected, null, "guest", SignInStatus.Rejected)]
    [InlineData(AuthenticationAnswer.Unknown, null, "guest", SignInStatus.Rejected)]
    [InlineData(AuthenticationAnswer.Unknown, "time limit", "guest", SignInStatus.Unavailable)]
    [InlineData(AuthenticationAnswer.Accepted, "time limit", "guest", SignInStatus.Unavailable)]
    [InlineData(AuthenticationAnswer.Rejected, null, "user", SignInStatus.Accepted)] // own accounts are not asked about
    public async Task Plugins_are_asked_after_the_own_accounts(AuthenticationAnswer answer, string? fault, string login, SignInStatus expected)
    {
        var fixture = new SignInFixture(roles: new RoleSet { Authenticators = [new Authenticator(answer, fault, static _ => { })] });
        Assert.Equal(expected, await fixture.SignInAsync(login, "pencil"));
    }

    [Fact]
    public async Task An_account_that_is_made_while_the_plugin_answers_may_sign_in()
    {
        SignInFixture? fixture = null;
        var authenticator = new Authenticator(
            AuthenticationAnswer.Accepted, null, question => fixture!.Directory.Set(question.Login.ToString(), "kept elsewhere"));
        fixture = new SignInFixture(roles: new RoleSet { Authenticators = [authenticator] });
        Assert.Equal(SignInStatus.Accepted, await fixture.SignInAsync("guest", "pencil"));
    }

    [Theory]
    [InlineData(AuthenticationAnswer.Accepted, SignInStatus.Accepted)]
    [InlineData(AuthenticationAnswer.Rejected, SignInStatus.Rejected)]
    [InlineData(AuthenticationAnswer.Unknown, SignInStatus.Rejected)]
    public async Task Plugins_know_the_password_of_an_account_that_has_none_here(AuthenticationAnswer answer, SignInStatus expected)
    {
        var fixture = new SignInFixture(roles: new RoleSet { Authenticators = [new Authenticator(answer, null, static _ => { })] });
        fixture.Directory.Add("guest@example.test");
        Assert.Equal(expected, await fixture.SignInAsync("guest", "of no use"));
    }

    [Fact]
    public async Task Nobody_knows_the_password_of_an_account_that_has_none_where_no_plugin_does()
    {
        var fixture = new SignInFixture();
        fixture.Directory.Add("guest@example.test");
        Assert.Equal(SignInStatus.Rejected, await fixture.SignInAsync("guest", "of no use"));
        Assert.Equal(SignInStatus.Rejected, await fixture.SignInAsync("guest", ""));
    }

    [Theory]
    [InlineData(AuthenticationAnswer.Accepted, SignInStatus.Accepted, 1)]
    [InlineData(AuthenticationAnswer.Rejected, SignInStatus.Rejected, 0)]
    [InlineData(AuthenticationAnswer.Unknown, SignInStatus.Rejected, 0)]
    public async Task An_account_is_made_for_whom_a_plugin_lets_in(AuthenticationAnswer answer, SignInStatus expected, int made)
    {
        int provided = 0;
        var fixture = new SignInFixture(roles: new RoleSet { Authenticators = [new Authenticator(answer, null, static _ => { })] });
        fixture.MakesAccounts.Provide = address => ++provided > 1 ? null : fixture.Directory.Add(address.ToString());
        Assert.Equal(expected, await fixture.SignInAsync("guest", "pencil"));
        Assert.Equal(expected, await fixture.SignInAsync("guest", "pencil"));
        Assert.Equal(made, provided);
    }

    [Fact]
    public async Task A_disabled_account_is_not_let_in_by_a_plugin()
    {
        var fixture = new SignInFixture(
            roles: new RoleSet { Authenticators = [new Authenticator(AuthenticationAnswer.Accepted, null, static _ => { })] });
        fixture.Directory.Add("guest@example.test", isDisabled: true);
        Assert.Equal(SignInStatus.Rejected, await fixture.SignInAsync("guest", "pencil"));
    }

    private sealed class Authenticator(AuthenticationAnswer answer, string? fault, Action<LoginQuestion> asked)
        : Role<LoginQuestion, AuthenticationAnswer>("ldap")
    {
        public override ValueTask<RoleAnswer<AuthenticationAnswer>> AskAsync(LoginQuestion input, CancellationToken cancellationToken)
        {
            asked(input);
            return ValueTask.FromResult(new RoleAnswer<AuthenticationAnswer>(answer, fault));
        }
    }
}
