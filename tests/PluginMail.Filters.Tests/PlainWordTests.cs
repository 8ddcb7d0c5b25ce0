using PluginMail.Filters.Evaluation;
using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>The plain words.</summary>
public sealed class PlainWordTests
{
    private const string Message = """
        From: "Jane Doe / Sales" <Jane.Doe@mail.acme.example>
        To: Team <sales@example.test>, bob@example.test
        Cc: carol@other.example
        Subject: Re: AW: Invoice 42 (*final*)

        body
        """;

    private static FilterEnvelope Sent { get; } = new() { From = "bounce@acme.example", To = "bob@here.example", OriginalTo = "info@here.example" };

    [Theory]
    [InlineData("always", true)]
    [InlineData("all (always, not false)", true)]
    [InlineData("any (false, always)", true)]
    [InlineData("subject \"Re: AW: Invoice 42 (*final*)\"", true)]
    [InlineData("subject \"re: aw: INVOICE 42 (*FINAL*)\"", true)]
    [InlineData("subject :case \"re: aw: invoice 42 (*final*)\"", false)]
    [InlineData("subject :contains :case \"Invoice\"", true)]
    [InlineData("subject :contains \"(*final*)\"", true)]
    [InlineData("subject :contains \"(?final?)\"", false)]
    [InlineData("subject :starts_with [\"Fwd\", \"Re\"]", true)]
    [InlineData("subject :starts_with \"Invoice\"", false)]
    [InlineData("subject :base :starts_with \"invoice\"", true)]
    [InlineData("subject :ends_with \"FINAL*)\"", true)]
    [InlineData("subject :ends_with \"final\"", false)]
    [InlineData("not subject :contains \"spam\"", true)]
    [InlineData("sender \"jane.doe@mail.acme.example\"", true)]
    [InlineData("sender :domain \"mail.acme.example\"", true)]
    [InlineData("sender :domain \"acme.example\"", false)]
    [InlineData("sender :within \"acme.example\"", true)]
    [InlineData("sender :within \"mail.acme.example\"", true)]
    [InlineData("sender :within \"cme.example\"", false)]
    [InlineData("sender :within \"\"", false)]
    [InlineData("sender :localpart \"jane.doe\"", true)]
    [InlineData("sender :name :contains \"jane\"", true)]
    [InlineData("sender :contains \"Sales\"", false)]
    [InlineData("sender :envelope \"bounce@acme.example\"", true)]
    [InlineData("sender \"bounce@acme.example\"", false)]
    [InlineData("recipient \"sales@example.test\"", true)]
    [InlineData("recipient \"carol@other.example\"", true)]
    [InlineData("recipient \"bob@here.example\"", true)]
    [InlineData("recipient \"info@here.example\"", true)]
    [InlineData("recipient :header \"bob@here.example\"", false)]
    [InlineData("recipient :envelope \"sales@example.test\"", false)]
    [InlineData("recipient :every :domain [\"example.test\", \"other.example\"]", false)]
    [InlineData("recipient :every :header :domain [\"example.test\", \"other.example\"]", true)]
    [InlineData("recipient :every :envelope :within \"here.example\"", true)]
    [InlineData("header :starts_with \"subject\" \"re:\"", true)]
    [InlineData("address :ends_with \"cc\" \"@other.example\"", true)]
    [InlineData("header :case :contains \"subject\" \"INVOICE\"", false)]
    [InlineData("header :every \"x-missing\" \"\"", false)]
    [InlineData("direction \"incoming\"", true)]
    [InlineData("direction \"outgoing\"", false)]
    [InlineData("size :under 1M", true)]
    public void Tests(string test, bool outcome) => Assert.Equal(outcome, IsTrue(test, Message, Sent));

    [Theory]
    [InlineData("Straße", "straße", true)]
    [InlineData("MÜLLER", "müller", true)]
    [InlineData("Mu\u0308ller", "MÜLLER", true)]
    [InlineData("ＡＢＣ", "abc", true)]
    [InlineData("ΣΊΣΥΦΟΣ", "σίσυφος", true)]
    [InlineData("한글", "한글", true)]
    [InlineData("Ǆ", "dž", true)]
    public void Plain_words_fold_all_scripts(string value, string key, bool outcome) =>
        Assert.Equal(outcome, IsTrue($"subject \"{key}\"", $"Subject: {value}\n\n"));

    [Fact]
    public void Case_still_equates_composed_and_decomposed_forms()
    {
        Assert.True(IsTrue("subject :case \"Müller\"", "Subject: Mu\u0308ller\n\n"));
        Assert.False(IsTrue("subject :case \"müller\"", "Subject: Mu\u0308ller\n\n"));
    }

    [Fact]
    public void Domains_compare_as_A_labels()
    {
        const string Mail = "From: a@xn--bcher-kva.example\n\n";
        Assert.True(IsTrue("sender :domain \"bücher.example\"", Mail));
        Assert.True(IsTrue("sender :within \"BÜCHER.example\"", Mail));
        Assert.True(IsTrue("sender \"a@bücher.example\"", Mail));
        Assert.True(IsTrue("address :domain \"from\" \"xn--bcher-kva.example\"", "From: a@bücher.example\n\n"));
    }

    [Theory]
    [InlineData("move \"Finance\"; discard;", "fileinto \"Finance\"")]
    [InlineData("move :continue \"Finance\"; copy \"Both\";", "fileinto \"Finance\"; fileinto :copy \"Both\"")]
    [InlineData("copy \"Both\";", "fileinto :copy \"Both\"; implicit keep")]
    [InlineData("copy \"archive@example.test\";", "deliver :copy \"archive@example.test\"; implicit keep")]
    [InlineData("move \"archive@example.test\"; keep;", "deliver \"archive@example.test\"")]
    [InlineData("delete; keep;", "fileinto \"Trash\"")]
    [InlineData("delete :forever; keep;", "discard")]
    [InlineData("move \"Lists/a@b/c\";", "fileinto \"Lists/a@b/c\"")]
    public void Actions_of_incoming_mail(string script, string actions) => Assert.Equal(actions, Actions(script));

    [Fact]
    public void Delete_means_the_folder_with_the_special_use_Trash() =>
        Assert.Equal("\\Trash", Assert.IsType<FilterEffect.FileInto>(RunOn("delete;", MessageA).Effects[0]).SpecialUse);

    [Theory]
    [InlineData("discard;", "implicit keep")]
    [InlineData("stop;", "implicit keep")]
    [InlineData("if true { delete; }", "implicit keep")]
    [InlineData("if direction \"incoming\" { discard; }", "implicit keep")]
    [InlineData("if direction \"outgoing\" { discard; }", "discard")]
    [InlineData("stop; if direction \"outgoing\" { discard; }", "discard")]
    [InlineData("if direction [\"incoming\", \"outgoing\"] { discard; }", "discard")]
    [InlineData("if direction \"outgoing\" { copy \"Sent too\"; }", "fileinto :copy \"Sent too\"; implicit keep")]
    [InlineData("if direction \"outgoing\" { move \"Drafts\"; }", "fileinto \"Drafts\"")]
    [InlineData("if all (direction \"outgoing\", always) { discard; }", "discard")]
    [InlineData("if any (always, direction \"outgoing\") { discard; }", "discard")]
    [InlineData("if any (all (direction \"outgoing\", false), always) { discard; }", "implicit keep")]
    [InlineData("if not direction \"incoming\" { discard; }", "discard")]
    [InlineData("if not direction \"outgoing\" { keep; } else { discard; }", "discard")]
    [InlineData("if direction \"incoming\" { keep; } else { discard; }", "discard")]
    [InlineData("if direction \"incoming\" { keep; } elsif always { discard; }", "discard")]
    [InlineData("if false { keep; } else { discard; }", "implicit keep")]
    [InlineData("if always { if direction \"outgoing\" { discard; } }", "discard")]
    [InlineData("if direction \"outgoing\" { if always { discard; } } discard;", "discard")]
    [InlineData("if direction \"outgoing\" { copy \"X\"; } discard;", "fileinto :copy \"X\"; implicit keep")]
    public void Outgoing_mail_is_seen_only_inside_direction(string script, string actions) =>
        Assert.Equal(actions, Actions(script, MessageA, Envelope with { Direction = MailDirection.Outgoing }));

    [Theory]
    [InlineData("Re: hello", "hello")]
    [InlineData("RE : Fwd: AW:  hello", "hello")]
    [InlineData("Re[2]: hello", "hello")]
    [InlineData("Regarding: hello", "Regarding: hello")]
    [InlineData("Re: ", "")]
    [InlineData("10:30 Meeting", "10:30 Meeting")]
    public void Base_subjects(string subject, string expected) =>
        Assert.True(IsTrue($"subject :base :case \"{expected}\"", $"Subject: {subject}\n\n"));
}
