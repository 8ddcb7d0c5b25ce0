using System.Collections.Immutable;
using System.Text;
using PluginMail.Filters.Checking;
using PluginMail.Filters.Syntax;
using PluginMail.Filters.Vocabulary;
using PluginMail.Mime;

namespace PluginMail.Filters.Evaluation;

/// <summary>foreverypart (RFC 5703 3): the block is run for each part of the message, or inside of another loop of the part that this is at.</summary>
internal sealed class ForEveryPartNode(SourceSpan span, string? name, ImmutableArray<CommandNode> block) : CommandNode(span)
{
    private const int MostParts = 1000;

    protected override Flow Perform(FilterRun run)
    {
        var outer = run.Part;
        var root = run.Input.Parts.Root;
        var parts = outer is not null ? BodyContentSource.All(outer).Skip(1) : root is not null ? BodyContentSource.All(root) : [];
        var flow = Flow.Next;
        run.EnterLoop(name);
        foreach (var part in parts.Take(MostParts))
        {
            // A part that was replaced meanwhile took those inside of it with it (RFC 5703 5).
            run.Part = ReferenceEquals(root, run.Input.Parts.Root) ? part : NowAt(run, root, part);
            if (run.Part is null)
            {
                continue;
            }

            flow = ExecuteAll(block, run);
            if (flow != Flow.Next)
            {
                break;
            }
        }

        run.Part = outer is null || ReferenceEquals(root, run.Input.Parts.Root) ? outer : NowAt(run, root, outer);
        return run.LeaveLoop(flow);
    }

    private static MimePart? NowAt(FilterRun run, MimePart? root, MimePart part) =>
        root is not null && run.Input.Parts.Root is { } now && PartPath.Of(root, part) is { } path ? PartPath.Find(now, path) : null;
}

/// <summary>break (RFC 5703 3): ends the loop of a name, or the innermost one.</summary>
internal sealed class BreakNode(SourceSpan span, string? name) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        if (!run.Break(name))
        {
            run.Fail(FilterCodes.FaultyWord, name is null ? "`break` stands in no loop." : $"`break` stands in no loop `{name}`.", Span);
        }

        return Flow.Break;
    }
}

/// <summary>extracttext (RFC 5703 7): the text of the part that a loop is at becomes a variable's value.</summary>
internal sealed class ExtractTextNode(SourceSpan span, string name, long? first, ImmutableArray<SetModifier> modifiers) : CommandNode(span)
{
    protected override Flow Perform(FilterRun run)
    {
        if (run.Part is not { } part)
        {
            run.Fail(FilterCodes.FaultyWord, "`extracttext` stands in no loop over parts.", Span);
            return Flow.Stop;
        }

        ReadOnlyMemory<byte> octets = part.IsMultipart || part.ContentType.Type != "text" ? default : run.Input.Parts.Decoded(part);
        octets = octets[..Truncation.LengthWithin(octets.Span, VariableStore.LongestValue)];
        if (first is { } count)
        {
            octets = Encoding.UTF8.GetBytes(string.Concat(Encoding.UTF8.GetString(octets.Span).EnumerateRunes().Take((int)Math.Min(count, int.MaxValue))));
        }

        foreach (var modifier in modifiers)
        {
            octets = modifier.Apply(octets);
        }

        if (run.Charge(1 + (octets.Length >> 8), Span) && !run.Variables.Set(name, octets))
        {
            run.Fail(FilterCodes.TooMuchMemory, "The script's variables together became too large.", Span);
        }

        return Flow.Next;
    }
}

/// <summary>The header fields that a test with :mime looks at (RFC 5703 4): of the part that a loop is at, or of the message; with :anychild of those in it as well.</summary>
internal sealed class PartHeaders(BoundWord word)
{
    private const int MostParts = 1000;
    private readonly bool _descends = word.Has("anychild");
    private readonly ImmutableArray<StringExpression> _parameters = word.TextsOf("param");
    private readonly string? _piece = word.TagOfGroup(MimeExtension.PieceGroup)?.Signature.Name;

    /// <summary>The headers.</summary>
    public IEnumerable<IFilterMessage> Of(FilterRun run)
    {
        if ((run.Part ?? run.Input.Parts.Root) is not { } part)
        {
            return [run.Input.Message];
        }

        var parts = _descends ? BodyContentSource.All(part).Take(MostParts) : [part];
        return parts.Select(run.Input.Parts.HeaderOf);
    }

    /// <summary>The values of a header, or the pieces of them that the test asks for (RFC 5703 4.2).</summary>
    public IEnumerable<TextValue> Values(FilterRun run, IFilterMessage header, string name) => _piece is null
        ? header.GetHeader(name).Select(octets => new TextValue(octets))
        : header.GetRawHeader(name).SelectMany(raw => Pieces(run, name, raw)).Select(text => new TextValue(text));

    private IEnumerable<string> Pieces(FilterRun run, string name, byte[] raw)
    {
        if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
        {
            return !ContentType.TryParse(raw, out var type) ? [] : Pieces(run, type.Type, type.Subtype, type.MediaType, parameter => type[parameter]);
        }

        return name.Equals("content-disposition", StringComparison.OrdinalIgnoreCase) && ContentDisposition.TryParse(raw, out var disposition)
            ? Pieces(run, disposition.Type, "", disposition.Type, parameter => disposition[parameter])
            : [];
    }

    private IEnumerable<string> Pieces(FilterRun run, string type, string subtype, string whole, Func<string, string?> parameter) => _piece switch
    {
        "type" => [type],
        "subtype" => [subtype],
        "contenttype" => [whole],
        _ => _parameters.Select(name => parameter(name.Text(run))).OfType<string>(),
    };
}
