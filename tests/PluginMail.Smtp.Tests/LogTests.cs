using Microsoft.Extensions.Logging;

namespace PluginMail.Smtp.Tests;

public sealed class LogTests
{
    [Fact]
    public async Task Each_refusal_is_one_line_and_no_password_is_in_it()
    {
        var log = new Lines();
        SmtpOptions options = SmtpOptions.For(SmtpFlavour.Submission, "mx.example.test") with { MaximumErrors = 9 };
        await using (var session = new InMemorySession(options, new RecordingSessions(), new ScriptedSignIn { AllowsPlainTextAlways = true }, log: log))
        {
            foreach (string line in new[]
            {
                "HELO c.example", "FOO secret", "RCPT TO:<a@example.test>", "MAIL FROM:<u@example.test>", "AUTH PLAIN AHUAc2VjcmV0IQ==",
                "AUTH PLAIN AHUAc2VjcmV0", "MAIL FROM:<u@example.test>", "RCPT TO:<refused@example.test>", "RCPT TO:<b@example.test>", "DATA",
            })
            {
                await session.SendAsync(line + "\r\n");
            }

            await session.SendAsync("bare\nline\r\n.\r\nFOO\r\nFOO\r\nFOO\r\n");
            while (await session.ReadLineAsync() is not null)
            {
            }
        }

        Assert.Equal(
            [
                "test-session: refused (syntax) a line from (null): 500 5.5.1 Command not recognized",
                "test-session: refused (sequence) RCPT from (null): 503 5.5.1 Send MAIL first",
                "test-session: refused (sequence) MAIL from (null): 530 5.7.0 Authentication required",
                "test-session: refused (sign-in) AUTH from (null): 535 5.7.8 Authentication credentials invalid",
                "test-session: refused (policy) RCPT refused@example.test from (null): 550 5.1.1 No such mailbox",
                "test-session: refused (message) DATA of 11 octets from (null): 554 5.6.0 Message has a CR or LF that is not part of CR LF",
                "test-session: refused (syntax) a line from (null): 500 5.5.1 Command not recognized",
                "test-session: refused (syntax) a line from (null): 500 5.5.1 Command not recognized",
                "test-session: refused (syntax) a line from (null): 500 5.5.1 Command not recognized",
                "test-session: refused (errors) (null): 9 commands were refused, the session ends",
            ],
            log.Texts);
    }

    [Fact]
    public async Task Faults_are_errors()
    {
        var log = new Lines();
        await using (var session = new InMemorySession(SmtpOptions.For(SmtpFlavour.Smtp, "mx.example.test"), new RecordingSessions(), log: log))
        {
            await session.ReadReplyAsync();
            await session.AskAsync("HELO fault");
        }

        Assert.Contains("test-session: fault in HELO", log.Texts);
    }

    private sealed class Lines : ILogger
    {
        private readonly List<string> _texts = [];

        public IReadOnlyList<string> Texts => _texts;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _texts.Add(formatter(state, exception));
    }
}
