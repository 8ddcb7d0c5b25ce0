using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>RFC 5230 and RFC 6131.</summary>
public sealed class VacationTests
{
    private const string Require = "require [\"vacation\", \"vacation-seconds\"];";

    private static FilterEffect.Vacation Vacation(string script, string message = Scripts.MessageA, FilterEnvelope? envelope = null) =>
        Mail.Single<FilterEffect.Vacation>($"{Require} {script}", message, envelope);

    [Fact]
    public void It_answers_the_sender_and_leaves_the_implicit_keep()
    {
        Assert.Equal("vacation \"coyote@desert.example.org\"; implicit keep", Mail.Effects("require \"vacation\"; vacation \"Away.\";"));
        var answer = Vacation("vacation \"Away.\";");
        Assert.Equal(
            ("coyote@desert.example.org", "Auto: I have a present for you", "Away.", TimeSpan.FromDays(7)),
            (answer.Recipient, answer.Subject, answer.Text, answer.Interval));
        Assert.Null(answer.From);
        Assert.Null(answer.InReplyTo);
    }

    [Theory]
    [InlineData(":days 23", 23 * 86400)]
    [InlineData(":days 0", 86400)]
    [InlineData(":days 4G", 365 * 86400)]
    [InlineData(":seconds 1800", 1800)]
    [InlineData(":seconds 0", 0)]
    [InlineData(":seconds 2147483647", 365 * 86400)]
    public void The_interval_is_within_bounds(string tag, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Vacation($"vacation {tag} \"Away.\";").Interval);

    [Theory]
    [InlineData("require \"vacation-seconds\"; vacation :seconds 1 \"Away.\";", "")]
    [InlineData("require \"vacation-seconds\"; vacation \"Away.\";", "")]
    [InlineData("require [\"vacation-seconds\", \"vacation\"]; vacation \"Away.\";", "")]
    [InlineData("require \"vacation-seconds\"; keep;", FilterCodes.UnusedRequire)]
    [InlineData("require \"vacation\"; vacation :seconds 1 \"Away.\";", FilterCodes.MissingRequire)]
    [InlineData("require \"vacation-seconds\"; vacation :days 1 :seconds 1 \"Away.\";", FilterCodes.ConflictingTags)]
    [InlineData("require \"vacation-seconds\"; vacation :seconds 3G \"Away.\";", FilterCodes.BadValue)]
    [InlineData("require \"vacation\"; vacation :from \"Hans\" \"Away.\";", FilterCodes.BadAddress)]
    [InlineData("require \"vacation\"; vacation :addresses \"Hans\" \"Away.\";", FilterCodes.BadAddress)]
    [InlineData("require \"vacation\"; vacation :mime \"Content-Type: text/plain; x=ü\r\n\r\nAway.\";", FilterCodes.BadValue)]
    [InlineData("require \"vacation\"; vacation :mime \"Content-Type: text/plain; charset=utf-8\r\n\r\nAwäy.\";", "")]
    public void What_the_checker_says(string script, string codes) => Assert.Equal(codes, Scripts.Codes(script));

    [Fact]
    public void Two_in_one_run_are_an_error()
    {
        var result = Mail.Run("require \"vacation\"; vacation \"a\"; vacation \"b\";");
        Assert.Equal(FilterCodes.ConflictingActions, result.Error?.Code);
        Assert.Equal("implicit keep", string.Join("; ", result.Effects));
    }

    [Theory]
    [InlineData("discard;", "vacation \"coyote@desert.example.org\"; discard")]
    [InlineData("keep;", "vacation \"coyote@desert.example.org\"; keep")]
    [InlineData("redirect \"a@b.example\";", "vacation \"coyote@desert.example.org\"; redirect \"a@b.example\"")]
    public void It_goes_with_other_actions(string action, string effects) =>
        Assert.Equal(effects, Mail.Effects($"require \"vacation\"; vacation \"Away.\"; {action}"));

    [Fact]
    public void The_handle_is_made_of_what_the_script_says()
    {
        var plain = Vacation("vacation \"a\";").Handle;
        Assert.Equal(plain, Vacation("vacation :days 3 :addresses \"x@y.example\" \"a\";").Handle);
        string[] others =
        [
            "vacation \"b\";", "vacation :subject \"a\" \"a\";", "vacation :from \"a@b.example\" \"a\";", "vacation :mime \"a\";",
            "vacation :handle \"a\" \"a\";", "vacation :subject \"\" \"a\";",
        ];
        Assert.Equal(others.Length + 1, others.Select(script => Vacation(script).Handle).Append(plain).Distinct().Count());
        Assert.Equal(Vacation("vacation :handle \"ran-away\" \"lunch\";").Handle, Vacation("vacation :handle \"ran-away\" :subject \"s\" \"I'm out\";").Handle);
    }

    [Theory]
    [InlineData("List-Id: <a.b>")]
    [InlineData("List-Unsubscribe: <mailto:x@y.example>")]
    [InlineData("Auto-Submitted: auto-generated")]
    [InlineData("Auto-Submitted: auto-notified; owner-email=\"me@example.com\"")]
    [InlineData("Precedence: bulk")]
    [InlineData("X-Auto-Response-Suppress: OOF, AutoReply")]
    public void Mail_of_programs_is_not_answered(string field) => Assert.NotNull(Vacation("vacation \"a\";", field + "\n" + Scripts.MessageA).Obstacle);

    [Theory]
    [InlineData("Auto-Submitted: no")]
    [InlineData("Auto-Submitted: No (a person)")]
    [InlineData("Precedence: first-class")]
    public void Mail_of_people_is_answered(string field) => Assert.Null(Vacation("vacation \"a\";", field + "\n" + Scripts.MessageA).Obstacle);

    [Theory]
    [InlineData("")]
    [InlineData("<>")]
    [InlineData("MAILER-DAEMON@a.example")]
    [InlineData("owner-list@a.example")]
    [InlineData("list-request@a.example")]
    [InlineData("list-bounces@a.example")]
    [InlineData("noreply@a.example")]
    [InlineData("rr@acme.example.com")]
    [InlineData("Roadrunner@ACME.example.com")]
    [InlineData("not an address")]
    public void Some_senders_are_not_answered(string sender) =>
        Assert.NotNull(Vacation("vacation \"a\";", envelope: Mail.Envelope with { From = sender }).Obstacle);

    [Theory]
    [InlineData("To: other@acme.example.com", false)]
    [InlineData("To: other@acme.example.com\nCc: Road Runner <RR@acme.example.com>", true)]
    [InlineData("Bcc: roadrunner@acme.example.com", true)]
    [InlineData("Resent-To: roadrunner@acme.example.com", true)]
    [InlineData("Resent-Cc: a@b.example, roadrunner@acme.example.com", true)]
    [InlineData("To: team: anna@b.example, rr@acme.example.com;", true)]
    [InlineData("To: me@home.example", true)]
    [InlineData("Reply-To: roadrunner@acme.example.com", false)]
    [InlineData("Subject: roadrunner@acme.example.com", false)]
    public void Only_mail_addressed_to_the_owner_is_answered(string header, bool isAnswered) =>
        Assert.Equal(isAnswered, Vacation("vacation :addresses [\"Me <me@home.example>\"] \"a\";", $"From: x@y.example\n{header}\n\nbody").Obstacle is null);

    [Fact]
    public void The_answer_refers_to_the_message()
    {
        var answer = Vacation("vacation \"a\";", "To: rr@acme.example.com\nMessage-ID: <3@x>\nReferences: <1@x>\n <2@x>\n\n");
        Assert.Equal("<3@x>", answer.InReplyTo);
        Assert.Equal("<1@x> <2@x> <3@x>", string.Join(' ', answer.References));
        answer = Vacation("vacation \"a\";", "To: rr@acme.example.com\nMessage-ID: <2@x>\nIn-Reply-To: <1@x>\n\n");
        Assert.Equal("<1@x> <2@x>", string.Join(' ', answer.References));
        var many = string.Join(' ', Enumerable.Range(0, 500).Select(i => $"<{i}@x>"));
        answer = Vacation("vacation \"a\";", $"To: rr@acme.example.com\nMessage-ID: <m@x>\nReferences: {many}\n\n");
        Assert.Equal((20, "<0@x>", "<m@x>"), (answer.References.Length, answer.References[0], answer.References[^1]));
    }

    [Theory]
    [InlineData("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Auto: Grüße")]
    [InlineData("Subject:", "Automated reply")]
    [InlineData("X: y", "Automated reply")]
    public void The_default_subject(string header, string subject) => Assert.Equal(subject, Vacation("vacation \"a\";", header + "\n\n").Subject);

    [Fact]
    public void A_subject_is_one_line() => Assert.Equal("a  Bcc: b", Vacation("vacation :subject \"a\r\nBcc: b\" \"t\";").Subject);

    [Fact]
    public void What_the_owner_sends_is_not_answered()
    {
        var envelope = Mail.Envelope with { Direction = MailDirection.Outgoing };
        Assert.Equal("implicit keep", Mail.Effects("require \"vacation\"; if direction \"outgoing\" { vacation \"a\"; }", envelope: envelope));
    }

    [Fact]
    public void It_sees_the_header_as_the_script_has_changed_it()
    {
        const string Script = "require [\"vacation\", \"editheader\"]; deleteheader \"List-Id\"; deleteheader \"Subject\"; addheader \"Subject\" \"new\"; vacation \"a\";";
        var answer = Mail.Single<FilterEffect.Vacation>(Script, "List-Id: <x>\n" + Scripts.MessageA);
        Assert.Equal((null, "Auto: new"), (answer.Obstacle, answer.Subject));
    }
}
