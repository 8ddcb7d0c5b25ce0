using System.Collections.Immutable;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Evaluation;

namespace PluginMail.Filters.Vocabulary;

/// <summary>The capabilities "mime", "foreverypart" and "extracttext" (RFC 5703 3, 4 and 7), and header, address and exists with their tags.</summary>
internal static class MimeExtension
{
    public const string PieceGroup = "piece of a MIME header";

    public static void AddTo(VocabularyBuilder vocabulary)
    {
        vocabulary
            .Add(new Capability("mime", "the tag :mime and those that go with it", "RFC 5703 4"))
            .Add(new Capability("foreverypart", "loops over the parts of the message", "RFC 5703 3"))
            .Add(new Capability("extracttext", "the action extracttext", "RFC 5703 7"))
            .Add(new Word("foreverypart", WordKind.Control, "Runs its block for each part of the message, from the outside in.")
            {
                Reference = "RFC 5703 3",
                Capability = "foreverypart",
                Tags = [new("name", "what break can name") { Value = new("name", ValueKind.Text) { IsConstant = true } }],
                HasBlock = true,
                CompileCommand = static (word, context) => new ForEveryPartNode(word.Span, word.TextOf("name")?.Constant, context.Commands(word.Block)),
            })
            .Add(new Word("break", WordKind.Control, "Ends the loop.")
            {
                Reference = "RFC 5703 3",
                Capability = "foreverypart",
                Tags = [new("name", "the loop of this name") { Value = new("name", ValueKind.Text) { IsConstant = true } }],
                Ends = static _ => true,
                CompileCommand = static (word, _) => new BreakNode(word.Span, word.TextOf("name")?.Constant),
            })
            .Add(new Word("extracttext", WordKind.Control, "Stores the text of the part that the loop is at in a variable.")
            {
                Reference = "RFC 5703 7",
                Capability = "extracttext",
                Tags = [new("first", "only so many characters") { Value = new("number", ValueKind.Number) }, .. vocabulary.SetModifiers.Select(VocabularyBuilder.TagOf)],
                Parameters = [new("varname", ValueKind.Text) { IsConstant = true }],
                Check = CheckName,
                CompileCommand = static (word, context) => new ExtractTextNode(
                    word.Span, word.TextAt(0).Constant, word.NumberOf("first"), VariablesExtension.ModifiersOf(word, context)),
            });
        foreach (var word in (ImmutableArray<string>)["header", "address", "exists"])
        {
            vocabulary
                .AddTag(word, new("mime", "in the header of the part that the loop is at, or of the message") { Capability = "mime" })
                .AddTag(word, new("anychild", "and of the parts in it") { Capability = "mime", Needs = "mime" });
        }

        vocabulary
            .AddTag("header", Piece("type", "the type alone"))
            .AddTag("header", Piece("subtype", "the subtype alone"))
            .AddTag("header", Piece("contenttype", "type and subtype alone"))
            .AddTag("header", Piece("param", "the values of these parameters") with { Value = new("param-list", ValueKind.TextList) });
    }

    /// <summary>The node of header (RFC 5228 5.7).</summary>
    public static TestNode Header(BoundWord word, CompileContext context)
    {
        var names = word.TextsAt(0);
        if (word.Has("mime"))
        {
            return context.Match(word, word.TextsAt(1), [PartReader(word, static (headers, run, header, name) => headers.Values(run, header, name))]);
        }

        return DateExtension.IndexOf(word) is { } index
            ? context.Match(word, word.TextsAt(1), DateExtension.Indexed(context, names, name => new IndexedHeaderSource(name, index)))
            : context.Match(word, word.TextsAt(1), names, static name => [new HeaderSource(name)]);
    }

    /// <summary>The node of address (RFC 5228 5.1).</summary>
    public static TestNode Address(BoundWord word, CompileContext context)
    {
        var names = word.TextsAt(0);
        var part = word.AddressPart!;
        if (word.Has("mime"))
        {
            return context.Match(word, word.TextsAt(1), [PartReader(word, (_, _, header, name) => ValueSource.Parts(header.GetAddresses(name), part))]);
        }

        return DateExtension.IndexOf(word) is { } index
            ? context.Match(word, word.TextsAt(1), DateExtension.Indexed(context, names, name => new IndexedAddressSource(name, part, index)))
            : context.Match(word, word.TextsAt(1), names, name => [new HeaderAddressSource(name, part)]);
    }

    /// <summary>The node of exists (RFC 5228 5.5).</summary>
    public static TestNode Exists(BoundWord word, CompileContext context)
    {
        var names = word.TextsAt(0);
        if (!word.Has("mime"))
        {
            return new ExistsNode(word.Span, names);
        }

        var headers = new PartHeaders(word);
        return new RunTestNode(word.Span, run => names.All(name => name.Text(run) is var text && headers.Of(run).Any(header => header.HasHeader(text))));
    }

    private static TagSignature Piece(string name, string summary) => new(name, summary) { Capability = "mime", Group = PieceGroup, Needs = "mime" };

    private static RunReader PartReader(BoundWord word, Func<PartHeaders, FilterRun, IFilterMessage, string, IEnumerable<TextValue>> read)
    {
        var headers = new PartHeaders(word);
        var names = word.TextsAt(0);
        return new(run =>
        {
            var values = names.SelectMany(name => name.Text(run) is var text ? headers.Of(run).SelectMany(header => read(headers, run, header, text)) : []);
            TextValue[] found = DateExtension.IndexOf(word) is { } index ? [.. index.Of(values)] : [.. values];
            run.Spend(found.Length);
            return found;
        });
    }

    private static void CheckName(BoundWord word, DiagnosticBag diagnostics)
    {
        if (!VariableReferences.IsName(word.TextAt(0).Constant))
        {
            diagnostics.Add(FilterCodes.BadVariable, word.Arguments[0].Span, $"`{word.TextAt(0).Constant}` cannot name a variable: letters, digits and _ can, a digit not first.");
        }
    }
}
