using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Tests;

/// <summary>RFC 5435, RFC 5436 and RFC 8580.</summary>
public sealed class NotifyTests
{
    private const string Require = "require [\"enotify\", \"variables\", \"fcc\", \"mailbox\", \"imap4flags\", \"vacation\"];\n";

    private static FilterEffect.Notify Notify(string script, string message = Scripts.MessageA) => Mail.Single<FilterEffect.Notify>(Require + script, message);

    [Fact]
    public void The_example_of_RFC_5436_section_3()
    {
        const string Message = """
            Message-ID: <1234567.89ABCDEF@example.com>
            Precedence: list
            List-Id: Knitting Mailing List <knitting.example.com>
            From: "Jeff Smith" <jeff@hobbies.example.com>
            To: "Knitting Mailing List" <knitting@example.com>
            Subject: [Knitting] A new sweater

            I just finished a great new sweater!
            """;
        var notice = Notify(
            """
            if header :contains "list-id" "knitting.example.com" {
              if header :matches "Subject" "[*] *" {
                notify :message "From ${1} list: ${2}"
                    :importance "3"
                    "mailto:0123456789@sms.example.net?to=backup@example.com";
              }
            }
            """,
            Message);
        Assert.Equal("0123456789@sms.example.net backup@example.com", string.Join(' ', notice.To));
        Assert.Equal(("From Knitting list: A new sweater", "3", null), (notice.Subject, notice.Importance, notice.Obstacle));
    }

    [Fact]
    public void It_leaves_the_implicit_keep() =>
        Assert.Equal("notify \"mailto:a@b.example\"; implicit keep", Mail.Effects("require \"enotify\"; notify \"mailto:a@b.example\";"));

    [Theory]
    [InlineData("mailto:a@b.example", "I have a present for you", "From: coyote@desert.example.org\nSubject: I have a present for you\n")]
    [InlineData("mailto:a@b.example?subject=Hello%20World&body=Text%0Aline", "Hello World", "Text\nline")]
    [InlineData("MAILTO:a@b.example?SUBJECT=gr%C3%BC%C3%9F&body=", "grüß", "")]
    [InlineData("mailto:a@b.example?subject=a%0D%0ABcc:%20x@y.example", "a  Bcc: x@y.example", null)]
    public void Subject_and_body(string uri, string subject, string? body)
    {
        var notice = Notify($"notify \"{uri}\";");
        Assert.Equal(subject, notice.Subject);
        Assert.True(body is null || body == notice.Body, notice.Body);
    }

    [Fact]
    public void Message_is_before_the_uris_subject() => Assert.Equal("mine", Notify("notify :message \"mine\" \"mailto:a@b.example?subject=yours\";").Subject);

    [Fact]
    public void Dangerous_fields_are_left_out()
    {
        var notice = Notify("notify \"mailto:a@b.example?from=evil@x.example&bcc=c@d.example&auto-submitted=no&received=x&date=y&reply-to=r@s.example&x-y=z\";");
        Assert.Equal("a@b.example", string.Join(' ', notice.To.Concat(notice.Cc)));
        Assert.Equal(("Reply-to", "r@s.example"), Assert.Single(notice.Fields));
    }

    [Theory]
    [InlineData("mailto:")]
    [InlineData("mailto:a@b.example,c@d.example?cc=e@f.example")]
    [InlineData("mailto:gorby%25kremvax@example.com")]
    [InlineData("mailto:?to=a@b.example")]
    [InlineData("mailto:a@b.example%2C%20c@d.example")]
    public void Valid_methods(string uri) =>
        Assert.Equal("discard", Mail.Effects($"require \"enotify\"; if valid_notify_method \"{uri}\" {{ discard; }}"));

    [Theory]
    [InlineData("")]
    [InlineData("tel:+14085551212")]
    [InlineData("xmpp:tim@example.com")]
    [InlineData("http://gw.example.net/notify?test")]
    [InlineData("mailto:nobody")]
    [InlineData("mailto:a@b.example?subject")]
    [InlineData("mailto:a@b.example?to=x y")]
    [InlineData("mailto:a%zz@b.example")]
    [InlineData("mailto:a@b.example%00")]
    public void Invalid_methods(string uri)
    {
        Assert.Equal("implicit keep", Mail.Effects($"require \"enotify\"; if valid_notify_method [\"mailto:a@b.example\", \"{uri}\"] {{ discard; }}"));
        Assert.Equal("implicit keep", Mail.Effects($"require \"enotify\"; if notify_method_capability \"{uri}\" \"online\" [\"yes\", \"no\", \"maybe\"] {{ discard; }}"));
        Assert.Equal(FilterCodes.BadNotifyMethod, Mail.Run($"require \"enotify\"; notify \"{uri}\";").Error?.Code);
    }

    [Theory]
    [InlineData("Online", "maybe", true)]
    [InlineData("online", "yes", false)]
    [InlineData("weather", "maybe", false)]
    public void Capabilities_of_mailto(string capability, string key, bool isTrue) => Assert.Equal(
        isTrue ? "discard" : "implicit keep",
        Mail.Effects($"require \"enotify\"; if notify_method_capability \"mailto:a@b.example\" \"{capability}\" \"{key}\" {{ discard; }}"));

    [Fact]
    public void The_same_notice_is_sent_once() =>
        Assert.Equal("notify \"mailto:a@b.example\"; implicit keep", Mail.Effects("require \"enotify\"; notify :message \"b\" \"mailto:a@b.example\"; notify :message \"b\" \"mailto:a@b.example\";"));

    [Fact]
    public void Another_text_is_another_notice() => Assert.Equal(
        "notify \"mailto:a@b.example\"; notify \"mailto:a@b.example\"; implicit keep",
        Mail.Effects("require \"enotify\"; notify :message \"a\" \"mailto:a@b.example\"; notify :message \"b\" \"mailto:a@b.example\";"));

    [Fact]
    public void Mail_of_programs_notifies_nobody() => Assert.NotNull(Notify("notify \"mailto:a@b.example\";", "Auto-Submitted: auto-generated\n\n").Obstacle);

    [Fact]
    public void The_method_may_be_made_of_variables() =>
        Assert.Equal("mailto:a@b.example", Notify("set \"m\" \"mailto:a@b.example\"; if not string :is \"${m}\" \"\" { notify \"${m}\"; }").Method);

    [Theory]
    [InlineData("a b", "a%20b")]
    [InlineData("A-z_0.~", "A-z_0.~")]
    [InlineData("ü/?&=", "%C3%BC%2F%3F%26%3D")]
    public void Encodeurl(string text, string encoded) => Assert.Equal(encoded, Encoding.ASCII.GetString(NotifyExtension.EncodeUrl(Encoding.UTF8.GetBytes(text)).Span));

    [Fact]
    public void Encodeurl_is_a_modifier_of_set() => Assert.Equal(
        "a & b",
        Notify("set :encodeurl \"s\" \"a & b\"; notify \"mailto:a@b.example?subject=${s}\";").Subject);

    [Fact]
    public void Fcc_says_where_a_copy_goes()
    {
        var notice = Notify("notify :fcc \"INBOX.Sent\" :create :flags [\"\\\\Seen\"] \"mailto:a@b.example\";");
        Assert.Equal(("INBOX.Sent", true, "\\Seen"), (notice.Fcc!.Folder, notice.Fcc.Creates, string.Join(' ', notice.Fcc.Flags)));
        Assert.Equal("Sent", Mail.Single<FilterEffect.Vacation>(Require + "vacation :fcc \"Sent\" \"Away.\";").Fcc!.Folder);
    }

    [Theory]
    [InlineData("notify :importance \"4\" \"mailto:a@b.example\";", FilterCodes.UnknownValue)]
    [InlineData("notify :from \"nobody\" \"mailto:a@b.example\";", FilterCodes.BadAddress)]
    [InlineData("notify :options \"x\" \"mailto:a@b.example\";", FilterCodes.BadValue)]
    [InlineData("notify;", FilterCodes.MissingArgument)]
    [InlineData("notify :create \"mailto:a@b.example\";", FilterCodes.MissingTag)]
    [InlineData("vacation :flags \"\\\\Seen\" \"Away.\";", FilterCodes.MissingTag)]
    public void What_the_checker_says(string script, string code) => Assert.Contains(code, Scripts.Codes(Require + script), StringComparison.Ordinal);
}
