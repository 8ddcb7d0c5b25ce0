using System.Text;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "environment" (RFC 5183) and "vnd.dovecot.environment", which adds ${env.name} to strings.</summary>
internal static class EnvironmentExtension
{
    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary
            .Add(new Capability("environment", "the test environment", "RFC 5183"))
            .Add(new Word("environment", WordKind.Test, "Matches what is known of the place where the script runs; an item that is not known matches nothing.")
            {
                Reference = "RFC 5183 4",
                Capability = "environment",
                Parameters = [new("name", ValueKind.Text), new("key-list", ValueKind.TextList, ValueMeaning.Key)],
                TakesMatch = true,
                CompileTest = static (word, context) => context.Match(word, word.TextsAt(1), [Reader(word.TextAt(0))]),
            })
            .Add(new Capability("vnd.dovecot.environment", "${env.name} in strings", "Pigeonhole"));
        vocabulary.Namespaces.Add(new("env", "vnd.dovecot.environment")
        {
            Get = static (run, name) => Encoding.UTF8.GetBytes(Item(run, name) ?? ""),
        });
    }

    private static RunReader Reader(StringExpression name) => new(run => Item(run, name.Text(run)) is { } text ? [new(text)] : []);

    /// <summary>The last two follow from the project itself.</summary>
    private static string? Item(FilterRun run, string name) => run.Input.Context.Environment.GetValueOrDefault(name.ToLowerInvariant()) ?? name.ToLowerInvariant() switch
    {
        "name" => "PluginMail",
        "version" => typeof(EnvironmentExtension).Assembly.GetName().Version?.ToString(3),
        "location" => "MDA",
        "phase" => "during",
        _ => null,
    };
}
