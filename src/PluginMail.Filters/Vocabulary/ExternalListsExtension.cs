using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Syntax;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capability "extlists" (RFC 6134): :list, and the test valid_ext_list. The host knows the lists.</summary>
internal static class ExternalListsExtension
{
    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary
            .Add(new Capability("extlists", "the match type :list, the test valid_ext_list and the tag :list of redirect", "RFC 6134"))
            .AddTag("redirect", new("list", "to the members of a list that the host keeps; the argument is the list's name")
            {
                Capability = "extlists",
                First = new("ext-list-name", ValueKind.Text),
            })
            .Add(new Word("valid_ext_list", WordKind.Test, "True when the lists are there for scripts to use.")
            {
                Reference = "RFC 6134 2.4",
                Capability = "extlists",
                Parameters = [new("ext-list-names", ValueKind.TextList)],
                CompileTest = static (word, _) => MailboxExtension.Every(word, 0, static (host, list, cancellation) => host.ListExistsAsync(list, cancellation)),
            });
        vocabulary.MatchTypes.Add(new("list", "the value is a member of a list that the host keeps; the key is the list's name")
        {
            Capability = "extlists",
            Reference = "RFC 6134 2.1",
            TakesKeyAsWritten = true,
            CompileTest = static (test, _) => new ListNode(test.Word.Span, test.Readers, test.Keys),
        });
    }

    private sealed class ListNode(SourceSpan span, ImmutableArray<ValueReader> readers, ImmutableArray<StringExpression> lists) : TestNode(span)
    {
        public override bool Waits => true;

        protected override bool Evaluate(FilterRun run)
        {
            foreach (var value in readers.SelectMany(reader => reader.Read(run)))
            {
                run.Trace?.Saw(value);
                var text = Encoding.UTF8.GetString(value.Octets);
                if (lists.Any(list => IsMember(run, list.Text(run), text)))
                {
                    run.Variables.SetMatches([value.Octets]); // RFC 6134 2.2
                    return true;
                }
            }

            return false;
        }

        private bool IsMember(FilterRun run, string list, string value) =>
            !run.IsHalted && run.AskHost(Span, "list", $"{list}\0{value}", (host, cancellation) => host.ListContainsAsync(list, value, cancellation));
    }
}
