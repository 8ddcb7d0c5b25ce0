using System.Text;
using PluginMail.Abstractions;
using PluginMail.Pipeline;

namespace PluginMail.Smtp.Tests;

public sealed class CommandParserTests
{
    [Theory]
    [InlineData("<>", "")]
    [InlineData("<a@b.example>", "a@b.example")]
    [InlineData("<a+b=c/d@b.example>", "a+b=c/d@b.example")]
    [InlineData("<\"a b\"@b.example>", "\"a b\"@b.example")]
    [InlineData("<\"\\\"\\\\\"@b.example>", "\"\\\"\\\\\"@b.example")]
    [InlineData("<\"plain\"@b.example>", "plain@b.example")]
    [InlineData("<a@[192.0.2.1]>", "a@[192.0.2.1]")]
    [InlineData("<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]")]
    [InlineData("<@x.example:a@b.example>", "a@b.example")]
    [InlineData("<.a@b.example>", "\".a\"@b.example")]
    [InlineData("<a.@b.example>", "\"a.\"@b.example")]
    [InlineData("<a..b@b.example>", "\"a..b\"@b.example")]
    [InlineData("<@x.example,@y.example:a@b.example>", "a@b.example")]
    [InlineData("<ü@b.example>", "ü@b.example")]
    [InlineData("<a@bücher.example>", "a@bücher.example")]
    public void Reads_paths(string text, string address)
    {
        var reader = new PathReader(Encoding.UTF8.GetBytes(text + " X"));
        Assert.True(reader.TryTakePath(out MailPath? path));
        Assert.Equal(address, path.Address?.ToString() ?? "");
        Assert.Equal(Ascii.IsValid(text), path.IsAscii);
        Assert.Equal(" X", Encoding.UTF8.GetString(reader.Rest));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<")]
    [InlineData("a@b.example")]
    [InlineData("<a>")]
    [InlineData("<a@>")]
    [InlineData("<@b.example>")]
    [InlineData("<a@b.example")]
    [InlineData("<a@b.example.>")]
    [InlineData("<a@b..example>")]
    [InlineData("<a b@b.example>")]
    [InlineData("<a@b example>")]
    [InlineData("<a@b@c.example>")]
    [InlineData("<\"a@b.example>")]
    [InlineData("<\"a\"b@b.example>")]
    [InlineData("<a@[192.0.2.256]>")]
    [InlineData("<a@[1.2]>")]
    [InlineData("<a@[IPv6:2001:db8::1%eth0]>")]
    [InlineData("<a@[IPv6:xyz]>")]
    [InlineData("<a@[]>")]
    [InlineData("<a@[192.0.2.1>")]
    [InlineData("<@x.example a@b.example>")]
    [InlineData("<@x.example:postmaster>")]
    [InlineData("<a@-.>")]
    [InlineData("<a\u202eb@b.example>")]
    [InlineData("<\u0085@b.example>")]
    public void Refuses_what_is_no_path(string text) => Assert.False(new PathReader(Encoding.UTF8.GetBytes(text)).TryTakePath(out _));

    [Fact]
    public void Refuses_broken_utf8_and_what_is_too_long()
    {
        Assert.False(new PathReader([(byte)'<', 0xff, (byte)'@', (byte)'b', (byte)'>']).TryTakePath(out _));
        Assert.False(new PathReader(Encoding.ASCII.GetBytes($"<{new string('a', 129)}@b.example>")).TryTakePath(out _));
        Assert.False(new PathReader(Encoding.ASCII.GetBytes($"<\"{new string('a', 129)}\"@b.example>")).TryTakePath(out _));
        Assert.False(new PathReader(Encoding.ASCII.GetBytes($"<a@{string.Join('.', Enumerable.Repeat("abc", 65))}>")).TryTakePath(out _));
    }

    [Fact]
    public void Reads_what_mail_declares()
    {
        MailCommand? command = MailCommand.Parse("FROM:<a@b.example> SIZE=12 body=8BitMime SMTPUTF8 AUTH=a+2Bb"u8).Value;
        Assert.Equal(
            new MailParameters(12, BodyType.EightBitMime, IsInternationalized: true) { Text = "SIZE=12 body=8BitMime SMTPUTF8 AUTH=a+2Bb" }, command?.Parameters);
        Assert.True(command?.HasAuth);
    }

    [Theory]
    [InlineData("SIZE", 501)]
    [InlineData("SIZE=x", 501)]
    [InlineData("SIZE=-1", 501)]
    [InlineData("SIZE=123456789012345678901", 501)]
    [InlineData("SIZE=1 SIZE=1", 501)]
    [InlineData("BODY", 501)]
    [InlineData("BODY=7BIT BODY=7BIT", 501)]
    [InlineData("SMTPUTF8 SMTPUTF8", 501)]
    [InlineData("AUTH=a+2b", 501)]
    [InlineData("AUTH=+", 501)]
    [InlineData("=1", 501)]
    [InlineData("-X=1", 501)]
    [InlineData("X_Y", 501)]
    [InlineData("SIZE=1=2", 501)]
    [InlineData("RET", 501)]
    [InlineData("RET=ALL", 501)]
    [InlineData("RET=FULL RET=FULL", 501)]
    [InlineData("ENVID", 501)]
    [InlineData("ENVID=a+2b", 501)]
    [InlineData("ENVID=0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x", 501)]
    [InlineData("ENVID=a ENVID=a", 501)]
    [InlineData("REQUIRETLS=1", 501)]
    [InlineData("REQUIRETLS REQUIRETLS", 501)]
    [InlineData("NOTIFY=NEVER", 555)]
    [InlineData("BODY=BINARYMIME", 555)]
    public void Refuses_parameters(string parameters, int code) =>
        Assert.Equal(code, MailCommand.Parse(Encoding.ASCII.GetBytes("FROM:<> " + parameters)).Refusal?.Code);

    [Fact]
    public void Reads_what_mail_and_rcpt_ask_about_reports()
    {
        MailParameters? mail = MailCommand.Parse("FROM:<a@b.example> ret=hdrs ENVID=QQ314159+2B REQUIRETLS"u8).Value?.Parameters;
        Assert.Equal((DsnReturn.Headers, "QQ314159+2B", true), (mail?.Return, mail?.EnvelopeId, mail?.RequiresTls));
        RcptCommand? rcpt = RcptCommand.Parse("TO:<a@b.example> NOTIFY=success,Delay ORCPT=rfc822;Bob+20x@c.example"u8).Value;
        Assert.Equal(new RecipientDsn(DsnNotify.Success | DsnNotify.Delay, "rfc822;Bob+20x@c.example"), rcpt?.Dsn);
        Assert.Equal(DsnNotify.Never, RcptCommand.Parse("TO:<a@b.example> NOTIFY=NEVER"u8).Value?.Dsn.Notify);
        Assert.Equal("utf-8;j\u00f6rg@c.example", RcptCommand.Parse("TO:<a@b.example> ORCPT=utf-8;j\u00f6rg@c.example"u8).Value?.Dsn.OriginalRecipient);
        Assert.Equal("NOTIFY=success,Delay ORCPT=rfc822;Bob+20x@c.example", rcpt?.Parameters);
        Assert.Same(RecipientDsn.None, RcptCommand.Parse("TO:<a@b.example>"u8).Value?.Dsn);
    }

    [Theory]
    [InlineData("NOTIFY", 501)]
    [InlineData("NOTIFY=", 501)]
    [InlineData("NOTIFY=NEVER,SUCCESS", 501)]
    [InlineData("NOTIFY=SUCCESS,SUCCESS", 501)]
    [InlineData("NOTIFY=SUCCESS,", 501)]
    [InlineData("NOTIFY=ALWAYS", 501)]
    [InlineData("NOTIFY=NEVER NOTIFY=NEVER", 501)]
    [InlineData("ORCPT", 501)]
    [InlineData("ORCPT=a@b.example", 501)]
    [InlineData("ORCPT=;a@b.example", 501)]
    [InlineData("ORCPT=rfc822;", 501)]
    [InlineData("ORCPT=rfc822;a+2b", 501)]
    [InlineData("ORCPT=rfc.822;a", 501)]
    [InlineData("ORCPT=rfc822;j\u00f6rg@c.example", 501)]
    [InlineData("ORCPT=rfc822;a ORCPT=rfc822;a", 501)]
    [InlineData("RET=FULL", 555)]
    [InlineData("SIZE=1", 555)]
    public void Refuses_parameters_of_rcpt(string parameters, int code) =>
        Assert.Equal(code, RcptCommand.Parse(Encoding.UTF8.GetBytes("TO:<a@b.example> " + parameters)).Refusal?.Code);

    [Theory]
    [InlineData("0", 0, false)]
    [InlineData("12 LAST", 12, true)]
    [InlineData("12  last", 12, true)]
    [InlineData("9223372036854775807", long.MaxValue, false)]
    [InlineData("9223372036854775808", -1, false)]
    [InlineData("", -1, false)]
    [InlineData("-1", -1, false)]
    [InlineData("+1", -1, false)]
    [InlineData("1x", -1, false)]
    [InlineData("1 FIRST", -1, false)]
    [InlineData("1LAST", -1, false)]
    public void Reads_chunk_sizes(string text, long size, bool isLast) =>
        Assert.Equal(new BdatCommand(size, isLast), BdatCommand.Parse(Encoding.ASCII.GetBytes(text)).Value);

    [Theory]
    [InlineData("MAIL x", "MAIL", "x")]
    [InlineData("mail   x y  ", "MAIL", "x y")]
    [InlineData("StartTls", "STARTTLS", "")]
    [InlineData("STARTTLSX", null, "")]
    [InlineData("MAI", null, "")]
    [InlineData("MA1L", null, "")]
    [InlineData("", null, "")]
    [InlineData(" MAIL", null, "MAIL")]
    public void Finds_verbs(string line, string? verb, string argument)
    {
        Assert.Equal(verb, VerbTable.Find(Encoding.ASCII.GetBytes(line), out ReadOnlySpan<byte> found)?.Name);
        Assert.Equal(argument, Encoding.ASCII.GetString(found));
    }

    [Theory]
    [InlineData("LONGVERBS")]
    [InlineData("HELO2")]
    [InlineData("")]
    public void A_verb_that_the_table_cannot_tell_from_unknown_ones_stops_the_start(string name)
    {
        var verb = new Verb<QuitCommand>(name, SessionPhases.Idle, static _ => SmtpReplies.UnknownCommand, static (_, _, _) => new(SmtpReplies.UnknownCommand));
        Assert.Throws<InvalidOperationException>(() => VerbTable.Index([verb]));
    }
}
