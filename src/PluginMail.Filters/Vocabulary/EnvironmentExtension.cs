using System.Text;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "environment" (RFC 5183) and "vnd.dovecot.environment", which adds ${env.name} to strings.</summary>
internal static class EnvironmentExtension
{
    private const string Vendor = "vnd.dovecot.environment";

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        var items = vocabulary.EnvironmentItems;
        items.AddRange(
        [
            new("domain", "the domain of the server's name"),
            new("host", "the server's name"),
            new("location", "`MDA`: mail is being delivered; `MS` on IMAP events") { Value = static run => run.Input.Context.Event is null ? "MDA" : "MS" },
            new("name", "`PluginMail`") { Value = static _ => "PluginMail" },
            new("phase", "`during` the delivery; `post` on IMAP events") { Value = static run => run.Input.Context.Event is null ? "during" : "post" },
            new("remote-host", "the client's name, which nobody looks up: empty"),
            new("remote-ip", "the client's address"),
            new("version", "the version of PluginMail") { Value = static _ => typeof(EnvironmentExtension).Assembly.GetName().Version?.ToString(3) },
            new("vnd.dovecot.username", "the account's address") { Reference = "Pigeonhole" },
            new("vnd.dovecot.default-mailbox", "where mail is kept: `INBOX`") { Reference = "Pigeonhole" },
        ]);
        vocabulary
            .Add(new Capability("environment", "the test environment", "RFC 5183"))
            .Add(new Word("environment", WordKind.Test, "Matches what is known of the place where the script runs; an item that is not known matches nothing.")
            {
                Reference = "RFC 5183 4",
                Capability = "environment",
                Parameters = [new("name", ValueKind.Text, ValueMeaning.EnvironmentItem), new("key-list", ValueKind.TextList, ValueMeaning.Key)],
                TakesMatch = true,
                CompileTest = static (word, context) => context.Match(word, word.TextsAt(1), [Reader(context.Vocabulary, word.TextAt(0))]),
            })
            .Add(new Capability(Vendor, "${env.name} in strings", "Pigeonhole"));
        vocabulary.Namespaces.Add(new("env", Vendor)
        {
            Get = (run, name) => Encoding.UTF8.GetBytes(ValueOf(items.Find(item => item.Name.Equals(name, StringComparison.OrdinalIgnoreCase)), run, name.ToLowerInvariant()) ?? ""),
        });
    }

    private static RunReader Reader(FilterVocabulary vocabulary, StringExpression name) => new(run =>
    {
        var item = name.Text(run).ToLowerInvariant();
        return ValueOf(vocabulary.FindEnvironmentItem(item), run, item) is { } text ? [new(text)] : [];
    });

    /// <summary>What the host says, or what follows from the project itself.</summary>
    private static string? ValueOf(EnvironmentItem? item, FilterRun run, string name) =>
        run.Input.Context.Environment.GetValueOrDefault(name) ?? item?.Value(run);
}
