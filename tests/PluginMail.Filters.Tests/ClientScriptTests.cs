using PluginMail.Filters.Checking;
using PluginMail.Filters.Tests.Support;

namespace PluginMail.Filters.Tests;

/// <summary>Scripts of the shapes that mail programs write compile unchanged; their rules are found by the programs' markers.</summary>
public sealed class ClientScriptTests
{
    [Theory]
    [InlineData("roundcube", "Newsletters|Boss & co|Großes|Secretary|No thanks|Notify|Out of office|Disabled")]
    [InlineData("sogo", "")]
    [InlineData("kmail", "Lists|Flags|Vacation")]
    [InlineData("nextcloud", "Invoices|Tags")]
    [InlineData("thunderbird", "")]
    [InlineData("dovecot", "")]
    public void Script_compiles_as_it_is(string client, string? rules)
    {
        var path = Repository.Path("tests", "PluginMail.Filters.Tests", "Clients", client + ".sieve");
        foreach (var lineEnd in (string[])["\n", "\r\n"])
        {
            var script = File.ReadAllText(path).ReplaceLineEndings(lineEnd);
            var compilation = FilterCompiler.Compile(script, client);
            Assert.Equal("", DiagnosticPrinter.Print(compilation.Syntax.Text, [.. compilation.Errors]));
            if (rules is not null)
            {
                Assert.Equal(rules, string.Join('|', compilation.Filter!.Rules.Where(rule => rule.IsNamed).Select(rule => rule.Name)));
            }
        }
    }
}
