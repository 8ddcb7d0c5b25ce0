using PluginMail.Configuration.Options;

namespace PluginMail.Configuration.Tests;

/// <summary>Access lists in files of their own.</summary>
public sealed class AccessFileTests
{
    [Fact]
    public void Lines_say_what_they_say_in_words_of_here_and_of_Postfix()
    {
        (AccessFile? file, IReadOnlyList<ConfigurationError> errors) = Read(
            "# comment\r\na@b.example OK\r\n.evil.example\tREJECT  go away \n\n<> 450 4.7.1 later\nlist@ DUNNO\nb.example", AccessFact.Sender);
        Assert.Empty(errors);
        Assert.Equal(
            [
                new AccessFileLine(2, "a@b.example", AccessVerb.Permit, ""),
                new AccessFileLine(3, ".evil.example", AccessVerb.Refuse, "go away"),
                new AccessFileLine(5, "<>", AccessVerb.Defer, "450 4.7.1 later"),
                new AccessFileLine(6, "list@", AccessVerb.Pass, ""),
                new AccessFileLine(7, "b.example", null, ""),
            ],
            file!.Lines);
    }

    [Theory]
    [InlineData("ok.example\nbad host refuse", AccessFact.Client, ":1:1: expected a network")]
    [InlineData("10.0.0.0/8 refuse\n10.0.0.1/8 refuse", AccessFact.Client, ":2:1: expected a network")]
    [InlineData("10.0.0.0/8 refuze", AccessFact.Client, ":1:1: expected one of permit")]
    [InlineData("<> refuse", AccessFact.Recipient, ":1:1: expected an address")]
    public void Errors_are_told_with_file_and_line(string text, AccessFact of, string expected)
    {
        (AccessFile? file, IReadOnlyList<ConfigurationError> errors) = Read(text, of);
        Assert.Null(file);
        Assert.Contains(expected, errors[0].ToString());
    }

    [Fact]
    public void A_file_that_is_not_text_or_not_there_is_an_error_and_errors_are_bounded()
    {
        Assert.Null(AccessFile.Read("/no/such/file", AccessFact.Client).File);
        Assert.Single(Read("\xff", AccessFact.Client, isLatin1: true).Errors);
        Assert.Equal(20, Read(string.Concat(Enumerable.Repeat("x y\n", 1000)), AccessFact.Client).Errors.Count);
    }

    private static (AccessFile? File, IReadOnlyList<ConfigurationError> Errors) Read(string text, AccessFact of, bool isLatin1 = false)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, (isLatin1 ? System.Text.Encoding.Latin1 : System.Text.Encoding.UTF8).GetBytes(text));
            return AccessFile.Read(path, of);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
