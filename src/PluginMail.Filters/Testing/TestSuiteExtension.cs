using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Testing;

/// <summary>The words of vnd.dovecot.testsuite (Pigeonhole), for files that test scripts and nowhere else.</summary>
internal static class TestSuiteExtension
{
    private const string Name = "vnd.dovecot.testsuite";
    private const string Source = "Pigeonhole";

    private static readonly ImmutableArray<TagSignature> Where =
    [
        new("smtp", "among the messages sent") { Group = "where" },
        new("folder", "among those of a folder") { Group = "where", Value = new("mailbox", ValueKind.Text) },
    ];

    private static TagSignature Index { get; } = new("index", "only the one of this number") { Value = new("number", ValueKind.Number) };

    public static void AddTo(VocabularyBuilder vocabulary, Func<FilterRun, TestEnvironment> environmentOf)
    {
        vocabulary.Add(new Capability(Name, "commands and tests for testing scripts", Source));
        AddTests(vocabulary, environmentOf);
        AddScripts(vocabulary, environmentOf);
        AddResults(vocabulary, environmentOf);
        AddMessages(vocabulary, environmentOf);
        AddSettings(vocabulary, environmentOf);
    }

    private static void AddTests(VocabularyBuilder vocabulary, Func<FilterRun, TestEnvironment> environmentOf) => vocabulary
        .Add(new Word("test", WordKind.Control, "One test: it passes when its block ends without test_fail and without an error.")
        {
            Reference = Source,
            Capability = Name,
            Parameters = [new("name", ValueKind.Text)],
            HasBlock = true,
            CompileCommand = (word, context) => new TestBlockNode(word.Span, word.TextAt(0), context.Commands(word.Block), environmentOf),
        })
        .Add(new Word("test_fail", WordKind.Control, "The test has failed; it is left.")
        {
            Reference = Source,
            Capability = Name,
            Parameters = [new("reason", ValueKind.Text)],
            Ends = static _ => true,
            CompileCommand = (word, _) => new TestFailNode(word.Span, word.TextAt(0), environmentOf),
        })
        .Add(Command("test_set", "Sets the message, a part of the envelope, or of the IMAP event on which scripts run.", [new("name", ValueKind.Text), new("value", ValueKind.Text)], environmentOf, static word =>
        {
            var (name, value) = (word.TextAt(0), word.TextAt(1));
            return (run, environment) =>
            {
                var item = name.Text(run).ToLowerInvariant();
                if (item == "message")
                {
                    environment.SetMessage(run, value.Evaluate(run).ToArray());
                    return null;
                }

                return environment.Set(run, item, value.Text(run)) ? null : $"`test_set` knows no \"{item}\"{(item.StartsWith("imap.", StringComparison.Ordinal) ? ", or not this value of it" : "")}.";
            };
        }));

    private static void AddScripts(VocabularyBuilder vocabulary, Func<FilterRun, TestEnvironment> environmentOf) => vocabulary
        .Add(Test("test_script_compile", "Compiles a script; true when it has no errors.", [new("file", ValueKind.Text)], [], environmentOf, static word =>
        {
            var file = word.TextAt(0);
            return (run, environment) => environment.Compile(file.Text(run));
        }))
        .Add(Test("test_script_run", "Runs the script compiled last; true when it had no error.", [], [new("append", "keeps the result gathered so far")], environmentOf, static word =>
        {
            var append = word.Has("append");
            return (_, environment) => environment.Run(append);
        }))
        .Add(Test("test_multiscript", "Runs scripts one after another as one sequence.", [new("files", ValueKind.TextList)], [], environmentOf, static word =>
        {
            var files = word.TextsAt(0);
            return (run, environment) => environment.RunSequence(files.Select(file => file.Text(run)));
        }))
        .Add(Command("test_binary_save", "Stores the compiled script; nothing is to be stored here.", [new("name", ValueKind.Text)], environmentOf, static _ => static (_, _) => null))
        .Add(Command("test_binary_load", "Loads a compiled script; nothing is to be loaded here.", [new("name", ValueKind.Text)], environmentOf, static _ => static (_, _) => null));

    private static void AddResults(VocabularyBuilder vocabulary, Func<FilterRun, TestEnvironment> environmentOf) => vocabulary
        .Add(Matching("test_result_action", "Matches the names of the actions in the result.", environmentOf, static (run, environment) =>
            Actions(run, environment).Where(effect => effect is not FilterEffect.Keep { IsImplicit: true }).Select(NameOf)))
        .Add(Matching("test_error", "Matches the messages of the last compile or run.", environmentOf, static (_, environment) => environment.Errors))
        .Add(Test("test_result_execute", "Carries the result out against the test's own store.", [], [], environmentOf, static _ =>
            static (run, environment) => environment.Execute(run.Actions)))
        .Add(Command("test_result_reset", "Empties the result.", [], environmentOf, static _ => static (run, environment) =>
        {
            run.Actions.Clear();
            environment.Reset();
            return null;
        }))
        .Add(Command("test_result_print", "Prints the result.", [], environmentOf, static _ => static (run, environment) =>
        {
            environment.Printed.AddRange(Actions(run, environment).Select(effect => effect.ToString()));
            return null;
        }));

    private static void AddMessages(VocabularyBuilder vocabulary, Func<FilterRun, TestEnvironment> environmentOf) => vocabulary
        .Add(Command("test_message", "Makes a message sent or stored the current one.", [new("number", ValueKind.Number)], environmentOf, static word =>
        {
            var take = Taker(word);
            return (run, environment) => take(run, environment) ? null : "There is no such message.";
        }) with { Tags = Where, RequiredGroups = ["where"] })
        .Add(Test("test_message", "Makes a message sent or stored the current one; true where there is one.", [new("number", ValueKind.Number)], Where, environmentOf, static word => Taker(word)) with { RequiredGroups = ["where"] })
        .Add(Command("test_message_print", "Prints the current message.", [], environmentOf, static _ => static (_, environment) =>
        {
            environment.Printed.Add(Encoding.UTF8.GetString(environment.Message));
            return null;
        }))
        .Add(Command("test_mailbox_create", "Makes a folder.", [new("name", ValueKind.Text)], environmentOf, static word =>
        {
            var name = word.TextAt(0);
            return (run, environment) => environment.Store.Folders.TryAdd(name.Text(run), []) ? null : "The folder is there already.";
        }))
        .Add(Command("test_mailbox_delete", "Removes a folder.", [new("name", ValueKind.Text)], environmentOf, static word =>
        {
            var name = word.TextAt(0);
            return (run, environment) => environment.Store.Folders.Remove(name.Text(run)) ? null : "There is no such folder.";
        }));

    private static void AddSettings(VocabularyBuilder vocabulary, Func<FilterRun, TestEnvironment> environmentOf) => vocabulary
        .Add(Command("test_imap_metadata_set", "Sets an annotation.", [new("annotation", ValueKind.Text), new("value", ValueKind.Text)], environmentOf, static word =>
        {
            var (mailbox, annotation, value) = (word.TextOf("mailbox"), word.TextAt(0), word.TextAt(1));
            return (run, environment) =>
            {
                environment.Store.Metadata[(mailbox?.Text(run) ?? "", annotation.Text(run))] = value.Text(run);
                return null;
            };
        }) with { Tags = [new("mailbox", "of this folder") { Value = new("mailbox", ValueKind.Text) }] })
        .Add(Command("test_config_set", "Sets a setting.", [new("setting", ValueKind.Text), new("value", ValueKind.Text)], environmentOf, static word =>
        {
            var (name, value) = (word.TextAt(0), word.TextAt(1));
            return (run, environment) => environment.Settings.Set(name.Text(run), value.Text(run));
        }))
        .Add(Command("test_config_unset", "Takes a setting back.", [new("setting", ValueKind.Text)], environmentOf, static word =>
        {
            var name = word.TextAt(0);
            return (run, environment) => environment.Settings.Set(name.Text(run), null);
        }))
        .Add(Command("test_config_reload", "The settings come into force.", [], environmentOf, static _ => static (run, environment) =>
        {
            environment.Reload(run);
            return null;
        }) with { Tags = [new("extension", "only those of this extension") { Value = new("name", ValueKind.Text) }] });

    /// <summary>Makes a message the current one; false where there is none.</summary>
    private static Func<FilterRun, TestEnvironment, bool> Taker(BoundWord word)
    {
        var number = (int)Math.Clamp(((BoundNumber)word.Arguments[0]).Value, 0, int.MaxValue);
        var folder = word.TextOf("folder");
        return (run, environment) =>
        {
            if (folder is null)
            {
                if (environment.Store.Sent.ElementAtOrDefault(number) is { } sent)
                {
                    environment.SetMessage(run, sent);
                    return true;
                }
            }
            else if (environment.Store.Folders.GetValueOrDefault(folder.Text(run), []).ElementAtOrDefault(number) is { } message)
            {
                environment.SetMessage(run, message);
                return true;
            }

            return false;
        };
    }

    private static IEnumerable<FilterEffect> Actions(FilterRun run, TestEnvironment environment) => environment.Result.Concat(run.Actions);

    /// <summary>The names that Pigeonhole gives to actions.</summary>
    private static string NameOf(FilterEffect effect) => effect is FilterEffect.FileInto ? "store" : effect.Name;

    private static Word Command(
        string name, string summary, ImmutableArray<Parameter> parameters, Func<FilterRun, TestEnvironment> environmentOf,
        Func<BoundWord, Func<FilterRun, TestEnvironment, string?>> act) => new(name, WordKind.Control, summary)
        {
            Reference = Source,
            Capability = Name,
            Parameters = parameters,
            CompileCommand = (word, _) => new EnvironmentCommandNode(word.Span, environmentOf, act(word)),
        };

    private static Word Test(
        string name, string summary, ImmutableArray<Parameter> parameters, ImmutableArray<TagSignature> tags, Func<FilterRun, TestEnvironment> environmentOf,
        Func<BoundWord, Func<FilterRun, TestEnvironment, bool>> test) => new(name, WordKind.Test, summary)
        {
            Reference = Source,
            Capability = Name,
            Parameters = parameters,
            Tags = tags,
            CompileTest = (word, _) => new EnvironmentTestNode(word.Span, environmentOf, test(word)),
        };

    private static Word Matching(
        string name, string summary, Func<FilterRun, TestEnvironment> environmentOf, Func<FilterRun, TestEnvironment, IEnumerable<string>> values) =>
        new(name, WordKind.Test, summary)
        {
            Reference = Source,
            Capability = Name,
            Parameters = [new("key-list", ValueKind.TextList, ValueMeaning.Key)],
            Tags = [Index],
            TakesMatch = true,
            CompileTest = (word, context) =>
            {
                var index = word.NumberOf("index");
                ImmutableArray<ValueReader> reader =
                [
                    new RunReader(run =>
                    {
                        var all = values(run, environmentOf(run)).Select(value => new TextValue(value)).ToArray();
                        return index is null ? all : [.. all.Skip((int)Math.Clamp(index.Value - 1, 0, int.MaxValue)).Take(1)];
                    }),
                ];
                return context.Match(word, word.TextsAt(0), reader);
            },
        };
}
