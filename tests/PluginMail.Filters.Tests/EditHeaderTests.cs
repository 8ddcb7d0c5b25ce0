using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>RFC 5293.</summary>
public sealed class EditHeaderTests
{
    private const string Message = "Received: one\nX-Hello: 1\nX-Hello: 2\nSubject: s\nX-Hello: 3\n\nbody";

    private static FilterResult Run(string script, string message = Message) => Mail.Run($"require [\"editheader\", \"fileinto\"]; {script}", message);

    /// <summary>The X-Hello fields that are left.</summary>
    private static string Hellos(string script, string message = Message)
    {
        var result = Run(script, message);
        Assert.Null(result.Error);
        var changed = result.Changes.Aggregate(Mail.Input(message), static (input, change) => input.With(change));
        return string.Join(' ', changed.Message.GetHeader("x-hello").Select(value => Encoding.UTF8.GetString(value)));
    }

    [Theory]
    [InlineData("keep;", "1 2 3")]
    [InlineData("addheader \"X-Hello\" \"World\";", "World 1 2 3")]
    [InlineData("addheader :last \"X-Hello\" \"World\";", "1 2 3 World")]
    [InlineData("addheader \"X-Hello\" \"World\"; deleteheader :index 1 \"X-Hello\";", "1 2 3")]
    [InlineData("deleteheader :index 1 \"X-Hello\"; deleteheader :index 2 \"X-Hello\";", "2")]
    [InlineData("deleteheader \"X-Hello\";", "")]
    [InlineData("deleteheader \"x-hello\" [\"1\", \"3\"];", "2")]
    [InlineData("deleteheader :matches \"X-Hello\" \"?\";", "")]
    [InlineData("deleteheader :index 1 :last \"X-Hello\";", "1 2")]
    [InlineData("deleteheader :index 2 :last \"X-Hello\" \"3\";", "1 2 3")]
    [InlineData("deleteheader :index 2 :last :contains \"X-Hello\" \"2\";", "1 3")]
    [InlineData("deleteheader :index 9 \"X-Hello\";", "1 2 3")]
    [InlineData("deleteheader :index 9 :last \"X-Hello\";", "1 2 3")]
    [InlineData("deleteheader \"X-Other\";", "1 2 3")]
    public void Fields_are_added_and_removed(string script, string left) => Assert.Equal(left, Hellos(script));

    [Fact]
    public void Tests_see_the_change() => Assert.Equal(
        "fileinto \"international\"",
        string.Join("; ", Run("""
            if header "X-Flag" "World" { discard; }
            addheader "X-Flag" "World";
            if header :contains "X-Flag" "World" { fileinto "international"; }
            """).Effects));

    [Fact]
    public void An_action_has_the_changes_made_before_it()
    {
        var effects = Run("fileinto \"a\"; addheader \"X\" \"1\"; fileinto \"b\"; addheader \"Y\" \"2\"; keep;").Effects;
        Assert.Equal([0, 1, 2], effects.Select(effect => effect.Changes.Length));
        Assert.Equal("addheader \"Y\" \"2\"", effects[2].Changes[1].ToString());
    }

    [Fact]
    public void The_implicit_keep_has_all_of_them() => Assert.Single(Run("addheader \"X\" \"1\";").Effects.Single().Changes);

    [Fact]
    public void A_message_that_differs_in_its_header_only_is_filed_once() =>
        Assert.Equal("keep", string.Join("; ", Run("keep; addheader \"X-Flavor\" \"vanilla\"; keep;").Effects));

    [Fact]
    public void After_an_error_the_message_is_kept_as_it_came()
    {
        var result = Run(string.Concat(Enumerable.Range(0, 65).Select(i => $"addheader \"X\" \"{i}\";")));
        Assert.Equal(FilterCodes.TooManyChanges, result.Error?.Code);
        Assert.Empty(result.Effects.Single().Changes);
    }

    [Theory]
    [InlineData("deleteheader \"Received\";")]
    [InlineData("deleteheader :index 1 \"received\";")]
    [InlineData("deleteheader \"Auto-Submitted\";")]
    [InlineData("addheader \"Received\" \"from me\";")]
    [InlineData("addheader \"Return-Path\" \"<a@b.example>\";")]
    public void Some_fields_stay_as_they_are(string script) => Assert.Empty(Run(script, "Received: one\nAuto-Submitted: no\n\n").Changes);

    [Fact]
    public void A_value_cannot_begin_another_field()
    {
        var result = Run("addheader \"X-Hello\" \"a\r\nBcc: b@c.example\n\nbody\";");
        var changed = result.Changes.Aggregate(Mail.Input(Message), static (input, change) => input.With(change)).Message;
        Assert.False(changed.HasHeader("bcc"));
        Assert.Equal("a Bcc: b@c.example  body", Encoding.UTF8.GetString(changed.GetHeader("x-hello")[0]));
    }

    [Fact]
    public async Task Later_scripts_see_the_change()
    {
        ImmutableArray<CompiledFilter> scripts =
        [
            Scripts.Compile("require \"editheader\"; addheader \"X-Flag\" \"1\";"),
            Scripts.Compile("require \"editheader\"; addheader \"X-Flag\" \"2\";"),
            Scripts.Compile("if allof (header \"X-Flag\" \"1\", header \"X-Flag\" \"2\") { move \"both\"; }"),
        ];
        var effect = Assert.Single((await FilterSequence.RunAsync(scripts, Mail.Input(Message))).Effects);
        Assert.Equal(("fileinto \"both\"", 2), (effect.ToString(), effect.Changes.Length));
    }

    [Theory]
    [InlineData("addheader \"X Y\" \"1\";", FilterCodes.BadValue)]
    [InlineData("addheader \"X:\" \"1\";", FilterCodes.BadValue)]
    [InlineData("deleteheader \"Ünicode\";", FilterCodes.BadValue)]
    [InlineData("deleteheader :last \"X\";", FilterCodes.MissingTag)]
    [InlineData("deleteheader :index 0 \"X\";", FilterCodes.BadValue)]
    [InlineData("deleteheader;", FilterCodes.MissingArgument)]
    [InlineData("deleteheader \"X\" \"y\" \"z\";", FilterCodes.TooManyArguments)]
    public void What_the_checker_says(string script, string code) => Assert.Equal(code, Scripts.Codes($"require \"editheader\"; {script}"));
}
