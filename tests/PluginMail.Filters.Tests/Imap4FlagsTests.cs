using static PluginMail.Filters.Tests.Support.Scripts;

namespace PluginMail.Filters.Tests;

/// <summary>imap4flags (RFC 5232).</summary>
public sealed class Imap4FlagsTests
{
    private const string Require = "require [\"imap4flags\", \"variables\", \"fileinto\", \"relational\", \"comparator-i;ascii-numeric\"];";

    [Theory]
    [InlineData("setflag \"\\\\Deleted\";", "implicit keep :flags \"\\Deleted\"")]
    [InlineData("addflag \"\\\\Deleted\"; addflag [\"\\\\Answered\", \"\"];", "implicit keep :flags \"\\Deleted \\Answered\"")]
    [InlineData("addflag \" \\\\Deleted   \\\\Answered \\\\deleted \"; keep;", "keep :flags \"\\Deleted \\Answered\"")]
    [InlineData("setflag \"a b c\"; removeflag [\"B\", \"x\"]; fileinto \"F\";", "fileinto :flags \"a c\" \"F\"")]
    [InlineData("setflag \"a\"; fileinto :flags \"b\" \"F\"; keep;", "fileinto :flags \"b\" \"F\"; keep :flags \"a\"")]
    [InlineData("setflag \"a\"; fileinto :flags \"\" \"F\";", "fileinto \"F\"")]
    [InlineData("setflag \"\\\\Recent \\\\Custom grün a(b ok\";", "implicit keep :flags \"ok\"")]
    [InlineData("fileinto :flags \"a\" \"F\"; fileinto :flags \"b\" \"F\";", "fileinto :flags \"b\" \"F\"")]
    [InlineData("addflag \"flagvar\" \"\\\\Deleted\"; addflag \"flagvar\" \"\\\\Answered\"; keep :flags \"${flagvar}\";", "keep :flags \"\\Deleted \\Answered\"")]
    [InlineData("addflag \"f\" \"$MDNRequired\"; removeflag \"f\" \"$mdnrequired\"; fileinto :flags \"${f}\" \"INBOX.imap-list\";", "fileinto \"INBOX.imap-list\"")]
    [InlineData("set \"MyFlags\" \"\\\\Flagged $Work\"; keep :flags \"${MyFlags}\";", "keep :flags \"\\Flagged $Work\"")]
    [InlineData("setflag \"\\\\Seen\"; move \"F\";", "fileinto :flags \"\\Seen\" \"F\"")]
    [InlineData("setflag \"\\\\Seen\"; discard;", "discard")]
    public void Actions_and_the_flags_tag(string script, string actions) => Assert.Equal(actions, Actions(Require + script));

    [Theory]
    [InlineData("hasflag :is \"b A\"", true)]
    [InlineData("hasflag [\"b\", \"A\"]", true)]
    [InlineData("hasflag \"c\"", false)]
    [InlineData("hasflag :contains \"MyVar\" \"Junk\"", true)]
    [InlineData("hasflag :contains \"MyVar\" [\"label\", \"forward\"]", true)]
    [InlineData("hasflag :contains \"MyVar\" \"forward junk\"", true)]
    [InlineData("hasflag :contains \"MyVar\" [\"label1\", \"label2\"]", false)]
    [InlineData("hasflag :count \"ge\" :comparator \"i;ascii-numeric\" \"MyFlags\" \"2\"", true)]
    [InlineData("hasflag :count \"gt\" :comparator \"i;ascii-numeric\" \"MyFlags\" \"2\"", false)]
    [InlineData("hasflag :count \"eq\" :comparator \"i;ascii-numeric\" [\"MyFlags\", \"MyVar\"] \"10\"", true)]
    [InlineData("hasflag :matches \"MyVar\" \"gnus-*\"", true)]
    public void Section_4_hasflag(string test, bool outcome) => Assert.Equal(
        outcome,
        IsTrue(test, require: Require + """
            setflag "A B"; set "MyFlags" "A B a";
            set "MyVar" "NonJunk Junk gnus-forward $Forwarded NotJunk JunkRecorded $Junk $NotJunk";
            """));

    [Theory]
    [InlineData("setflag \"\\\\Seen\" \"a\";", "F1040")]
    [InlineData("setflag;", "F1008")]
    [InlineData("setflag \"a\" \"b\" \"c\";", "F1010")]
    public void What_is_wrong_is_found_before_a_run(string script, string code) => Assert.Equal(code, Codes("require \"imap4flags\";" + script));

    [Fact]
    public void After_an_error_the_message_is_kept_without_flags() =>
        Assert.Equal("implicit keep", string.Join(';', RunOn(Require + "setflag \"a\"; fileinto \"${x}\";", MessageA).Effects));
}
